import type Hyperswarm from 'hyperswarm'
import { jittered, now } from '../limits/clock.ts'
import {
  type Named,
  announcedTo,
  firstNodes,
  isRelayed,
  namesPeer
} from '../upstream/hyperdht-records.ts'
import { publicKeyOf } from '../upstream/hyperswarm.ts'

/** How often the nodes of the DHT are asked whether they remember us, by a process with few peers. */
const CHECK_MS = 8000
/** With more peers than this it is done less often, though no less than every MAX_CHECK_MS: each of them asks as well. */
const PEERS = 4
const MAX_CHECK_MS = 60_000
/** The same while no node answers, and once the nodes were told again. */
const SOON_MS = 4000
/** This many nodes in a row have forgotten us before we take it that all have: some come and go. */
const SAMPLE = 3
/** Where announcing does not help, it is done this many times, and then ever less often. */
const TRIES = 5
const MAX_WAIT_MS = 600_000

/** What the nodes of the DHT say of us; `unclear` where they name others, as those of a crowd do. */
type Memory = 'kept' | 'unclear' | 'lost' | 'away'

/**
 * Calls `announce` soon after the nodes of the DHT have lost what `swarm` announced for `topic`: it is
 * in their memory alone, and a node that was started again at its old address answers as before.
 * Hyperswarm (4.17) repeats the announcement every ten minutes or so. Here one of the nodes that took
 * it is asked for it now and then, which costs a packet each way. Returns what ends this.
 */
export function keepAnnounced(
  swarm: Hyperswarm,
  topic: Uint8Array,
  announce: () => void
): () => void {
  let away = false
  // relays are asked only after the nodes did not clearly remember us, until one of them does
  let relayed = true
  let tries = 0
  let notBefore = 0
  let stopped = false
  let timer = setTimeout(check, CHECK_MS)
  return () => {
    stopped = true
    clearTimeout(timer)
  }

  function check(): void {
    void isHealthy().then((healthy) => {
      if (stopped) return
      if (healthy) tries = Math.max(0, tries - 1)
      else if (away) tries = notBefore = 0
      const repeated = !healthy && !away && repeat()
      const usual = Math.min(MAX_CHECK_MS, CHECK_MS * Math.max(1, swarm.connections.size / PEERS))
      const delay = away || repeated ? SOON_MS : usual
      timer = setTimeout(check, jittered(delay))
    })
  }

  async function isHealthy(): Promise<boolean> {
    const memory = await memoryOf(swarm, topic)
    const back = away && memory !== 'away'
    away = memory === 'away'
    if (memory !== 'kept') relayed = false
    // peers may have come while no node answered
    if (memory === 'lost' || away || back) return false
    relayed ||= await isRelayed(swarm, publicKeyOf(swarm))
    return relayed
  }

  function repeat(): boolean {
    if (now() < notBefore) return false
    if (++tries >= TRIES) {
      notBefore = now() + Math.min(MAX_WAIT_MS, CHECK_MS * 2 ** (tries - TRIES))
    }
    announce()
    return true
  }
}

async function memoryOf(swarm: Hyperswarm, topic: Uint8Array): Promise<Memory> {
  const ask = (node: { host: string; port: number }): Promise<Named | null> =>
    namesPeer(swarm.dht, node, topic, publicKeyOf(swarm))
  let answered = false
  for (const node of someOf(announcedTo(swarm, topic))) {
    const named = await ask(node)
    if (named === 'named') return 'kept'
    if (named === 'full') return 'unclear'
    if (named === 'missing') answered = true
  }
  if (answered) return 'lost'
  // they may have gone for good, and others have come
  const answers = await Promise.all(someOf(await firstNodes(swarm.dht)).map(ask))
  return answers.some((named) => named !== null) ? 'lost' : 'away'
}

/** Up to SAMPLE of `nodes`, each time others. */
function someOf<T>(nodes: readonly T[]): T[] {
  const left = [...nodes]
  const some: T[] = []
  while (left.length > 0 && some.length < SAMPLE) {
    some.push(...left.splice(Math.floor(Math.random() * left.length), 1))
  }
  return some
}
