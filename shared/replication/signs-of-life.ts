import type { Peer } from 'hypercore'
import { now } from '../limits/clock.ts'
import { ASK_MS, askForLife, mayBeDead, seemsDead } from '../limits/dead-connections.ts'
import { keepAlive } from '../swarm/overlay-policy.ts'
import { connectionOf } from '../upstream/hypercore-peer.ts'
import { isOwnDial, packetsReceived } from '../upstream/hyperswarm.ts'

/** When we show a peer next that we are alive. */
interface Schedule {
  readonly ms: number
  /** Packets that had come from it when the time began. */
  readonly packets: number
}

/** When the peers of a log show that they are alive: after a while, and once one of them, or soon where it is the source, seems dead. */
export class SignsOfLife {
  readonly #schedules = new WeakMap<Peer, Schedule>()
  #suspects: Peer[] = []
  #hasNew = false
  #askedAt = -Infinity

  /** Looks at `peers`, of which `source` is followed, where so many are `known`. */
  look(peers: readonly Peer[], source: Peer | null, known: number): void {
    for (const peer of peers) this.#schedule(peer, known, peer === source)
    const suspects = peers.filter((peer) =>
      (peer === source ? mayBeDead : seemsDead)(connectionOf(peer))
    )
    // others may have gone with it
    this.#hasNew ||= suspects.some((peer) => !this.#suspects.includes(peer))
    this.#suspects = suspects
    if (!this.#hasNew || now() - this.#askedAt < ASK_MS) return
    this.#hasNew = false
    this.#askedAt = now()
    for (const peer of peers) askForLife(connectionOf(peer))
  }

  // setting the time begins it anew: what comes puts it off where the peer has the first turn
  #schedule(peer: Peer, known: number, isSource: boolean): void {
    const connection = connectionOf(peer)
    const packets = packetsReceived(connection)
    const own = isOwnDial(connection)
    const ms = keepAlive(known, { isSource, own })
    const last = this.#schedules.get(peer)
    if (ms === last?.ms && (isSource || own || packets === last.packets)) return
    this.#schedules.set(peer, { ms, packets })
    connection.setKeepAlive(ms)
  }
}
