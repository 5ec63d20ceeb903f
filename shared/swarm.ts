import type Hyperswarm from 'hyperswarm'
import type { Discovery } from 'hyperswarm'
import { keepAnnounced } from './swarm/announcement.ts'
import { type DhtNode, type DhtStatus, createDht, watchDht } from './swarm/dht.ts'
import { LanDiscovery } from './swarm/lan.ts'
import { assertSwarm } from './upstream/assert-swarm.ts'
import { refreshRelays } from './upstream/hyperdht-records.ts'
import { createSwarmWith } from './upstream/hyperswarm.ts'

export type { DhtNode } from './swarm/dht.ts'

/**
 * While no peer is connected the DHT is asked again, soon and then ever more seldom: its nodes may
 * have come back with nothing of what was announced to them.
 */
const REFRESH_MS = 4000
const MAX_REFRESH_MS = 30_000
/** Taking back what was announced to the DHT takes no longer than this. */
const FAREWELL_MS = 1000

/**
 * Peers that are dialled at once: as many as Hyperswarm wants to be connected to. A peer that was
 * killed stays announced for up to half an hour, and a dial to it takes seconds to fail: with
 * Hyperswarm's own limit of three at a time, twenty of them kept all other peers waiting for 40 s.
 */
const MAX_DIALS = 64

/** A swarm that has joined the topic of one log. */
export interface Membership {
  /** Resolves once every peer that the DHT knows was connected to, or could not be. */
  flushed: Promise<boolean>
  dht: DhtStatus
  /** null where the local network is left out. */
  lan: LanDiscovery | null
  leave(): Promise<void>
}

/** What `joinSwarm` tells. */
export interface SwarmEvents {
  /** Whether the DHT answers, once that is known and whenever it changes. */
  ondht(answers: boolean): void
  /** Why peers on the local network may not be found. */
  onlanfailure(reason: string): void
}

/**
 * A swarm on the public DHT, or on the one whose nodes `bootstrap` names. Throws a Failure where the
 * installed packages lack what it relies on.
 */
export function createSwarm(bootstrap?: DhtNode[]): Hyperswarm {
  const swarm = createSwarmWith(createDht(bootstrap), MAX_DIALS)
  assertSwarm(swarm)
  return swarm
}

/**
 * Announces and looks up the log with `discoveryKey`, which only finds peers. With `lan`, peers on
 * this machine and its links are found with no DHT too.
 */
export function joinSwarm(
  swarm: Hyperswarm,
  discoveryKey: Uint8Array,
  { lan: wantsLan, ondht, onlanfailure }: SwarmEvents & { lan: boolean }
): Membership {
  const discovery = swarm.join(discoveryKey, { server: true, client: true })
  const lan = wantsLan ? new LanDiscovery(swarm, discoveryKey, onlanfailure) : null
  let away = false
  const dht = watchDht(swarm.dht, (online) => {
    ondht(online)
    // a peer that came while the DHT was out of reach is found at once; not in this tick, in which
    // HyperDHT takes up its work again and forgets what it was asked for
    if (online && away) setTimeout(announce, 0)
    away = !online
  })
  const stopRefreshing = refreshWhileAlone(swarm, discovery)
  const stopAsking = keepAnnounced(swarm, discoveryKey, announce)
  return {
    flushed: swarm.flush(),
    dht,
    lan,
    async leave() {
      stopRefreshing()
      stopAsking()
      lan?.close()
      dht.close()
      const farewell = Promise.allSettled([swarm.destroy({ force: dht.online !== true })])
      if (dht.online) await Promise.race([farewell, after(FAREWELL_MS)])
      // closes every connection, and with them what still waits for the DHT
      await swarm.dht.destroy({ force: true })
    }
  }

  function announce(): void {
    refreshRelays(swarm)
    refresh(discovery)
  }
}

// Hyperswarm repeats a look-up every ten minutes or so, whatever has happened to the DHT
function refreshWhileAlone(swarm: Hyperswarm, discovery: Discovery): () => void {
  let delay = REFRESH_MS
  let timer = setTimeout(next, delay)
  return () => clearTimeout(timer)

  function next(): void {
    const alone = swarm.connections.size === 0 && swarm.connecting === 0
    delay = alone ? Math.min(delay * 1.5, MAX_REFRESH_MS) : REFRESH_MS
    if (alone) refresh(discovery)
    timer = setTimeout(next, delay)
  }
}

// does nothing while a refresh runs; the timer repeats one that fails
function refresh(discovery: Discovery): void {
  discovery.refresh().catch(() => {})
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
