import type { Peer } from 'hypercore'
import { now } from '../limits/clock.ts'
import { seemsDead } from '../limits/dead-connections.ts'
import { DEATH_MS, KEEP_ALIVE_MS, keepAlive } from '../swarm/overlay-policy.ts'
import { connectionOf } from '../upstream/hypercore-peer.ts'

/** How often each connection of a log shows that it is alive. */
export class KeepAlives {
  readonly #set = new WeakMap<Peer, number>()
  #dead: Peer[] = []
  #diedAt = -Infinity

  /** Adapts the connections with `peers`, of which `source` is followed, where so many are `known`. */
  adapt(peers: readonly Peer[], source: Peer | null, known: number): void {
    const dead = peers.filter((peer) => seemsDead(connectionOf(peer)))
    if (dead.some((peer) => !this.#dead.includes(peer))) this.#diedAt = now()
    this.#dead = dead
    const afterDeath = now() - this.#diedAt < DEATH_MS
    for (const peer of peers) {
      const ms = keepAlive(known, peer === source, afterDeath)
      // setting it begins its time anew
      if (ms === (this.#set.get(peer) ?? KEEP_ALIVE_MS)) continue
      this.#set.set(peer, ms)
      connectionOf(peer).setKeepAlive(ms)
    }
  }
}
