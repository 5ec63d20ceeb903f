import type { Peer } from 'hypercore'
import { now } from '../limits/clock.ts'
import { ASK_MS, askForLife, seemsDead } from '../limits/dead-connections.ts'
import { KEEP_ALIVE_MS, keepAlive } from '../swarm/overlay-policy.ts'
import { connectionOf } from '../upstream/hypercore-peer.ts'

/** When the peers of a log show that they are alive: every so often, and once one of them seems dead. */
export class SignsOfLife {
  readonly #keepAlive = new WeakMap<Peer, number>()
  #dead: Peer[] = []
  #hasDied = false
  #askedAt = -Infinity

  /** Looks at `peers`, of which `source` is followed, where so many are `known`. */
  look(peers: readonly Peer[], source: Peer | null, known: number): void {
    for (const peer of peers) this.#adapt(peer, keepAlive(known, peer === source))
    const dead = peers.filter((peer) => seemsDead(connectionOf(peer)))
    // others may have gone with it
    this.#hasDied ||= dead.some((peer) => !this.#dead.includes(peer))
    this.#dead = dead
    if (!this.#hasDied || now() - this.#askedAt < ASK_MS) return
    this.#hasDied = false
    this.#askedAt = now()
    for (const peer of peers) askForLife(connectionOf(peer))
  }

  #adapt(peer: Peer, ms: number): void {
    // setting it begins its time anew
    if (ms === (this.#keepAlive.get(peer) ?? KEEP_ALIVE_MS)) return
    this.#keepAlive.set(peer, ms)
    connectionOf(peer).setKeepAlive(ms)
  }
}
