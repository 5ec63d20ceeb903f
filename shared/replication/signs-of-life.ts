import type { Peer } from 'hypercore'
import type { FeedPeer } from '../feed/candidate.ts'
import { now } from '../limits/clock.ts'
import { ASK_MS, askForLife, mayBeDead, seemsDead } from '../limits/dead-connections.ts'
import { type Relation, keepAlive } from '../swarm/keep-alive.ts'
import { connectionOf } from '../upstream/hypercore-peer.ts'
import { isOwnDial, packetsReceived } from '../upstream/hyperswarm-connection.ts'

/** What is known of the peers of a log. */
interface Peers {
  readonly all: readonly Peer[]
  /** The one that is followed. */
  readonly source: Peer | null
  readonly links: Iterable<FeedPeer>
  /** How many are known, connected or not. */
  readonly known: number
}

/** What a peer was shown last, and what had come from it by then. */
interface Shown {
  readonly ms: number
  readonly packets: number
}

/**
 * Shows the peers of a log from time to time that we are alive, and asks all of them whether they are as soon as
 * one seems dead, or a source may be: others may have gone with it.
 */
export class SignsOfLife {
  readonly #shown = new WeakMap<Peer, Shown>()
  #suspects: Peer[] = []
  #hasNew = false
  #askedAt = -Infinity
  /** Packets that had come from the source at the last look. */
  #heard = 0

  /** Looks at the peers; to be called every second or so. */
  look({ all, source, links, known }: Peers): void {
    const followers = new Set([...links].filter((link) => link.followsUs).map(({ peer }) => peer))
    for (const peer of all) {
      const own = isOwnDial(connectionOf(peer))
      const isSource = peer === source
      this.#schedule(peer, known, { isSource, followsUs: followers.has(peer), own })
    }
    const heard = source === null ? 0 : packetsReceived(connectionOf(source))
    const isQuiet = heard === this.#heard
    this.#heard = heard
    const suspects = all.filter((peer) => {
      const connection = connectionOf(peer)
      return seemsDead(connection) || (peer === source && isQuiet && mayBeDead(connection))
    })
    this.#hasNew ||= suspects.some((peer) => !this.#suspects.includes(peer))
    this.#suspects = suspects
    if (!this.#hasNew || now() - this.#askedAt < ASK_MS) return
    this.#hasNew = false
    this.#askedAt = now()
    for (const peer of all) askForLife(connectionOf(peer))
  }

  #schedule(peer: Peer, known: number, relation: Relation): void {
    const connection = connectionOf(peer)
    const packets = packetsReceived(connection)
    const { ms, putOff } = keepAlive(known, relation)
    const last = this.#shown.get(peer)
    if (ms === last?.ms && !(putOff && packets !== last.packets)) return
    this.#shown.set(peer, { ms, packets })
    // which begins the time anew
    connection.setKeepAlive(ms)
  }
}
