import type { Effort, Figure, Result } from '../harness/figure.ts'
import { alternate, samplesOf } from '../harness/measure.ts'
import { type Payload, mostBytes, mostMs, payloadBytes, wireMs } from '../harness/payload.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'
import { type Outcome, openSlowLink } from '../harness/slow-link.ts'

const SOURCES = 3
/** Each takes as long as its payload takes on the wire: more would take minutes. */
const MOST_ROUNDS = 3

interface Cell {
  name: string
  title: string
  /** Mbit/s. */
  rate: number
  payload: Payload
  /** Whether plain Hypercore is measured beside it, which takes two to five times as long. */
  plain: boolean
}

export const slowLink: Figure = {
  name: 'slow-link',
  about: 'a new reader behind 1, 4 and 20 Mbit/s, from three sources: time, bytes over the link',
  async measure(effort) {
    const { scale } = effort
    const cells: Cell[] = [
      {
        name: 'slow-link-lines',
        title: 'short lines at 1 Mbit/s, three sources',
        rate: 1,
        payload: { count: scale(5000), size: LINE_BYTES },
        plain: false
      },
      {
        name: 'slow-link-line',
        title: 'a line of 2 MB at 4 Mbit/s, three sources',
        rate: 4,
        payload: { count: 1, size: scale(2_000_000) },
        plain: true
      },
      {
        name: 'slow-link-longest',
        title: 'a line of 15 MiB at 20 Mbit/s, three sources',
        rate: 20,
        payload: { count: 1, size: scale(15 * 1024 * 1024) },
        plain: false
      }
    ]
    const results: Result[] = []
    for (const cell of cells) results.push(...(await measureCell(effort, cell)))
    return results
  }
}

function measureCell({ rounds }: Effort, cell: Cell): Promise<Result[]> {
  const { name, title, rate, payload } = cell
  return scoped(async (scope) => {
    const link = await openSlowLink(scope, rate, payload)
    await link.grow(SOURCES)
    const outcomes = await alternate<string, Outcome>(Math.min(rounds, MOST_ROUNDS), {
      pair: () => link.pair(),
      ...(cell.plain && { 'plain download': () => link.plain() })
    })
    return [
      {
        name,
        title,
        unit: 's',
        ...besideWire(outcomes, secondsOf, wireMs(rate, payload) / 1000),
        target: { of: 'median', atMost: mostMs(rate, payload) / 1000 }
      },
      {
        name: `${name}-bytes`,
        title: 'the same, over the link',
        unit: 'MB',
        ...besideWire(outcomes, megabytesOf, payloadBytes(payload) / 1e6),
        target: { of: 'median', atMost: mostBytes(payload) / 1e6 }
      }
    ]
  })
}

function besideWire(
  outcomes: Record<string, Outcome[]>,
  of: (outcome: Outcome) => number,
  alone: number
): Pick<Result, 'pair' | 'before' | 'baselines'> {
  const { baselines, ...own } = samplesOf(outcomes, of)
  return { ...own, baselines: { 'the lines alone, on the wire': [alone], ...baselines } }
}

// of a reader that was given up, how long it had been given
function secondsOf({ ms }: Outcome): number {
  return ms / 1000
}

function megabytesOf({ bytes }: Outcome): number {
  return bytes / 1e6
}
