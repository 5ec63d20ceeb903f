import type Hyperswarm from 'hyperswarm'
import type { Discovery } from 'hyperswarm'
import { refreshRelays } from '../upstream/hyperdht-records.ts'
import { keepAnnounced } from './announcement.ts'
import { type DhtStatus, watchDht } from './dht.ts'
import { Dialling } from './dialling.ts'

/**
 * While no peer is connected the DHT is asked again, soon and then ever more seldom: its nodes may
 * have come back with nothing of what was announced to them. While no peer of a crowd has a path to the
 * writer it is asked too, each time after twice as long: the writer may have gone, and all look for it.
 */
const REFRESH_MS = 4000
const MAX_REFRESH_MS = 30_000

/**
 * Has `discovery`, which announces and looks up `topic`, go on whatever becomes of the nodes of the
 * DHT: they may be away, or forget what they were told. `ondht` is told whether they answer, once that
 * is known and whenever it changes.
 */
export function searchDht(
  swarm: Hyperswarm,
  topic: Uint8Array,
  discovery: Discovery,
  ondht: (answers: boolean) => void
): DhtStatus {
  let away = false
  const status = watchDht(swarm.dht, (online) => {
    ondht(online)
    // a peer that came while the DHT was out of reach is found at once; not in this tick, in which
    // HyperDHT takes up its work again and forgets what it was asked for
    if (online && away) setTimeout(announce, 0)
    away = !online
  })
  const stopRefreshing = refreshWhileLost(swarm, discovery)
  const stopAsking = keepAnnounced(swarm, topic, announce)
  return {
    get online() {
      return status.online
    },
    close() {
      stopRefreshing()
      stopAsking()
      status.close()
    }
  }

  function announce(): void {
    refreshRelays(swarm)
    refresh(discovery)
  }
}

// Hyperswarm repeats a look-up every ten minutes or so, whatever has happened to the DHT
function refreshWhileLost(swarm: Hyperswarm, discovery: Discovery): () => void {
  let delay = REFRESH_MS
  let rounds = 0
  let timer = setTimeout(next, delay)
  return () => clearTimeout(timer)

  function next(): void {
    const alone = swarm.connections.size === 0 && swarm.connecting === 0
    delay = alone ? Math.min(delay * 1.5, MAX_REFRESH_MS) : REFRESH_MS
    rounds = !alone && Dialling.of(swarm).isLost ? rounds + 1 : 0
    if (alone || (rounds > 0 && Number.isInteger(Math.log2(rounds)))) refresh(discovery)
    timer = setTimeout(next, delay)
  }
}

// does nothing while a refresh runs; the timer repeats one that fails
function refresh(discovery: Discovery): void {
  discovery.refresh().catch(() => {})
}
