import type Hyperswarm from 'hyperswarm'
import { after, within } from './limits/clock.ts'
import { searchDht } from './swarm/dht-search.ts'
import { type DhtNode, type DhtStatus, createDht } from './swarm/dht.ts'
import { LanDiscovery } from './swarm/lan.ts'
import { assertSwarm } from './upstream/assert-swarm.ts'
import { beginsAnywhere } from './upstream/hyperdht.ts'
import { createSwarmWith } from './upstream/hyperswarm.ts'

export type { DhtNode } from './swarm/dht.ts'

/** Taking back what was announced to the DHT takes no longer than this. */
const FAREWELL_MS = 1000
/** Peers on the local network answer the first beacons by then, half of those of a crowd; a DHT the first question. */
const LAN_SEARCH_MS = 500

/**
 * Peers that are dialled at once: as many as Hyperswarm wants to be connected to. A peer that was
 * killed stays announced for up to half an hour, and a dial to it takes seconds to fail: with
 * Hyperswarm's own limit of three at a time, twenty of them kept all other peers waiting for 40 s.
 */
const MAX_DIALS = 64

/** A swarm that has joined the topic of one log. */
export interface Membership {
  /** Resolves once the peers that can be found at present were connected to, or could not be. */
  flushed: Promise<unknown>
  /** null where the DHT is left out. */
  dht: DhtStatus | null
  /** Whether the local network is searched. */
  lan: boolean
  leave(): Promise<void>
}

/** Told why some peers may not be found. */
type OnWarning = (text: string) => void

/**
 * A swarm on the public DHT, on the one whose nodes `bootstrap` names, or on none where it names none.
 * Throws a Failure where the installed packages lack what it relies on.
 */
export function createSwarm(bootstrap?: DhtNode[], onwarning: OnWarning = () => {}): Hyperswarm {
  const dht = createDht(bootstrap, (host, reason) => {
    onwarning(
      `the DHT node at ${host} is left out, its host has no address (${reason}): check the name in --bootstrap`
    )
  })
  const swarm = createSwarmWith(dht, MAX_DIALS)
  assertSwarm(swarm)
  return swarm
}

/** What `joinSwarm` tells. */
interface SwarmEvents {
  /** Whether the DHT answers, once that is known and whenever it changes. */
  ondht(answers: boolean): void
  onwarning: OnWarning
}

/**
 * Announces and looks up the log with `discoveryKey`, which only finds peers. With `lan`, peers on
 * this machine and its links are found with no DHT too.
 */
export function joinSwarm(
  swarm: Hyperswarm,
  discoveryKey: Uint8Array,
  { lan: wantsLan, ondht, onwarning }: SwarmEvents & { lan: boolean }
): Membership {
  const discovery = swarm.join(discoveryKey, { server: true, client: true })
  const lan = wantsLan
    ? new LanDiscovery(swarm, discoveryKey, (reason) => {
        onwarning(`peers on the local network may not be found: ${reason}`)
      })
    : null
  const dht = beginsAnywhere(swarm.dht) ? searchDht(swarm, discoveryKey, discovery, ondht) : null
  return {
    flushed: everyoneMet(swarm, dht, lan),
    dht,
    lan: wantsLan,
    async leave() {
      lan?.close()
      dht?.close()
      const isOnline = dht?.online === true
      const farewell = Promise.allSettled([swarm.destroy({ force: !isOnline })])
      if (isOnline) await within(farewell, FAREWELL_MS)
      // closes every connection, and with them what still waits for the DHT
      await swarm.dht.destroy({ force: true })
    }
  }
}

// a DHT that does not answer is not waited for where there are peers on the local network
function everyoneMet(
  swarm: Hyperswarm,
  dht: DhtStatus | null,
  lan: LanDiscovery | null
): Promise<unknown> {
  const searched = after(lan === null ? 0 : LAN_SEARCH_MS)
  if (dht === null) return searched
  const flushed = swarm.flush()
  if (lan === null) return flushed
  const met = searched.then(() => connected(swarm))
  return Promise.race([flushed, met.then(() => (dht.online === true ? flushed : null))])
}

function connected(swarm: Hyperswarm): Promise<void> {
  if (swarm.connections.size > 0) return Promise.resolve()
  return new Promise((resolve) => swarm.once('connection', () => resolve()))
}
