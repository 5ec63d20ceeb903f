import type Hyperswarm from 'hyperswarm'
import type { Discovery } from 'hyperswarm'
import { jittered } from '../limits/clock.ts'
import { refreshRelays } from '../upstream/hyperdht-records.ts'
import { keepAnnounced } from './announcement.ts'
import { type DhtStatus, watchDht } from './dht.ts'
import { Dialling } from './dialling.ts'
import { FIRST_LOOK, lookAgain } from './look-ups.ts'

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
  let last = FIRST_LOOK
  let timer = setTimeout(next, last.delay)
  return () => clearTimeout(timer)

  function next(): void {
    const alone = swarm.connections.size === 0 && swarm.connecting === 0
    const look = lookAgain(last, { alone, lost: Dialling.of(swarm).isParted })
    if (look.asks) refresh(discovery)
    last = look
    // not all of those that have lost the same peer at once
    timer = setTimeout(next, jittered(look.delay))
  }
}

// does nothing while a refresh runs; the timer repeats one that fails
function refresh(discovery: Discovery): void {
  discovery.refresh().catch(() => {})
}
