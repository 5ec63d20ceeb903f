import { type Build, ofEach } from '../harness/builds.ts'
import { startPair } from '../harness/connected.ts'
import { bytesWritten } from '../harness/disk.ts'
import type { Figure, Result } from '../harness/figure.ts'
import { pipeRate } from '../harness/live.ts'
import { alternate, ownSamplesOf } from '../harness/measure.ts'
import { memoryOf } from '../harness/memory.ts'
import { loopback } from '../harness/network.ts'
import { processorTime } from '../harness/processor.ts'
import type { Program } from '../harness/program.ts'
import { showProgress } from '../harness/progress.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'
import { formatNumber } from '../report/numbers.ts'

const LINES = 3_000_000
const TENTHS = 10
/** A long log is compared with one of this length. */
const SHORT = 1_000_000
/** Each takes as long as its lines take: more would take minutes. */
const MOST_ROUNDS = 2

/** What an app had taken by the end of each tenth of the lines; the first entry is from before them. */
type History = Taken[]

interface Taken {
  /** Bytes to the disk. */
  written: number
  /** Microseconds. */
  processor: number
  /** The peak, in MB. */
  memory: number
}

interface Histories {
  writer: History
  reader: History
}

/** What a long log costs, of which a short one shows nothing. */
export const growth: Figure = {
  name: 'growth',
  about: 'a live pipe of 3,000,000 lines, or --lines: bytes to the disk, processor, memory',
  async measure({ rounds, scale, lines = scale(LINES), builds }) {
    const part = Math.ceil(lines / TENTHS)
    const runs = await alternate(
      Math.min(rounds, MOST_ROUNDS),
      await ofEach(builds, (build) => () => grow(build, part))
    )
    const short = Math.min(TENTHS, Math.ceil(scale(SHORT) / part))
    return [...resultsOf('writer'), ...resultsOf('reader')]

    function resultsOf(app: keyof Histories): Result[] {
      const at = (tenth: number): string => `at ${formatNumber(tenth * part)}`
      // the start is in the first tenth
      const tenths = Array.from({ length: TENTHS - 2 }, (_, index) => index + 2)
      return [
        {
          name: `growth-${app}-writes`,
          title: `the ${app} over ${formatNumber(lines)} lines, bytes to the disk for each of text`,
          unit: '×',
          ...ofTenths([short], at, (history, tenth) => {
            return taken(history, tenth).written / (tenth * part * LINE_BYTES)
          })
        },
        {
          name: `growth-${app}-processor`,
          title: 'the same, processor time a line in the last tenth',
          unit: 'µs',
          ...ofTenths(
            tenths,
            (tenth) => `tenth ${tenth}`,
            (history, tenth) => {
              const before = taken(history, tenth - 1)
              return (taken(history, tenth).processor - before.processor) / part
            }
          )
        },
        {
          name: `growth-${app}-memory`,
          title: 'the same, the peak',
          unit: 'MB',
          ...ofTenths([short], at, (history, tenth) => taken(history, tenth).memory)
        }
      ]

      // at the end of the lines, and at the end of each of the `earlier` tenths
      function ofTenths(
        earlier: number[],
        name: (tenth: number) => string,
        of: (history: History, tenth: number) => number
      ): Pick<Result, 'pair' | 'before' | 'baselines'> {
        return {
          ...ownSamplesOf(runs, (run) => of(run[app], TENTHS)),
          baselines: Object.fromEntries(
            earlier.map((tenth) => [name(tenth), runs.pair.map((run) => of(run[app], tenth))])
          )
        }
      }
    }
  }
}

function taken(history: History, tenth: number): Taken {
  const one = history[tenth]
  if (one === undefined) throw new RangeError(`there is no tenth ${tenth}`)
  return one
}

function grow(build: Build, part: number): Promise<Histories> {
  return scoped(async (scope) => {
    const { from, to } = await startPair(scope, await loopback(scope), build)
    const histories: Histories = { writer: [takenBy(from)], reader: [takenBy(to)] }
    for (let tenth = 1; tenth <= TENTHS; tenth++) {
      const rate = await pipeRate({ from, to }, part)
      histories.writer.push(takenBy(from))
      histories.reader.push(takenBy(to))
      showProgress(`tenth ${tenth} of ${TENTHS}: ${formatNumber(rate)} lines/s`)
    }
    return histories
  })
}

function takenBy(program: Program): Taken {
  return {
    written: bytesWritten(program),
    processor: processorTime(program),
    memory: memoryOf(program.pid, 'VmHWM')
  }
}
