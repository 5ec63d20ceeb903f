import { within } from '../../shared/limits/clock.ts'
import { type Distance, distant } from './distance.ts'
import { startGuideReader } from './guide.ts'
import { type Writer, startReader, startWriterOf } from './pair.ts'
import { type Payload, mostBytes, mostMs, wireMs } from './payload.ts'
import type { Program } from './program.ts'
import { type Scope, scoped } from './scope.ts'
import { ROUND_TRIP_MS } from './sizes.ts'

const MEGABIT = 1e6

/** How a reader fared: by then it had printed everything, or had been given up. */
export interface Outcome {
  ms: number
  complete: boolean
  /** What the link had carried to the reader by then. */
  bytes: number
}

/** Sources on one side of a slow link; the reader is on the other. */
export interface SlowLink {
  /** Starts sources, that is relays beside the writer, until there are so many. */
  grow(sources: number): Promise<void>
  /** Lets a new reader-app fetch everything. */
  pair(): Promise<Outcome>
  /** Lets a new reader of plain Hypercore do so, from the same sources. */
  plain(): Promise<Outcome>
}

/** A writer of `payload` on a link of `rate` Mbit/s. Throws LeftOut where there can be no such link. */
export async function openSlowLink(
  scope: Scope,
  rate: number,
  payload: Payload
): Promise<SlowLink> {
  const { count, size } = payload
  const link = await distant(scope, { roundTripMs: ROUND_TRIP_MS, rate: rate * MEGABIT })
  const writer = await startWriterOf(scope, link, count, size)
  const most = 4 * wireMs(rate, payload) + 20_000
  let sources = 1
  return {
    async grow(wanted) {
      for (; sources < wanted; sources++) await startRelay(scope, link, writer, count)
    },
    pair: () => fetched((round) => startReader(round, link, writer.key, ['--start', '0'])),
    plain: () => fetched((round) => startGuideReader(round, link, writer.key, 'download', Infinity))
  }

  function fetched(start: (round: Scope) => Program): Promise<Outcome> {
    return scoped(async (round) => {
      const before = await link.carried()
      const reader = start(round)
      const to = await within(reader.received(count * (size + 1)), most)
      const { bytesToFar } = await link.carried()
      return {
        ms: to === null ? most : to - reader.startedAt,
        complete: to !== null,
        bytes: bytesToFar - before.bytesToFar
      }
    })
  }
}

/** Whether the reader was as fast, and cost as little, as it is to be at `rate` Mbit/s. */
export function isKept({ ms, complete, bytes }: Outcome, rate: number, payload: Payload): boolean {
  return complete && ms <= mostMs(rate, payload) && bytes <= mostBytes(payload)
}

async function startRelay(
  scope: Scope,
  { bootstrap, near }: Distance,
  { key }: Writer,
  blocks: number
): Promise<void> {
  const relay = startReader(scope, { bootstrap, near, far: near }, key, ['--seed'])
  await relay.said(`every block so far (${blocks})`)
}
