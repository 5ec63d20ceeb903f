import { sizeOf } from '../harness/footprint.ts'
import type { Curve, Figure } from '../harness/figure.ts'
import { alternate, samplesOf } from '../harness/measure.ts'
import { memoryOf } from '../harness/memory.ts'
import { loopback } from '../harness/network.ts'
import { append, startWriter } from '../harness/pair.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

const LINES = 3_000_000
const KEEP = 100_000
const PARTS = 30
const SAMPLE_MS = 100
/** Each takes as long as its lines take: more would take minutes. */
const MOST_ROUNDS = 2
const MB = 1e6

/** What a log costs of which only the end is kept, beside one that keeps everything. */
export const retention: Figure = {
  name: 'retention',
  about:
    'a writer of 3,000,000 lines with --keep 100000: disk, memory, lines/s, beside one without',
  async measure({ rounds, scale, builds }) {
    const lines = scale(LINES)
    const { writer } = builds.pair
    const keeping = [...writer, '--keep', String(scale(KEEP))]
    const runs = await alternate(Math.min(rounds, MOST_ROUNDS), {
      pair: () => grow(keeping, lines),
      'without --keep': () => grow(writer, lines)
    })
    const curves = Object.entries(runs).map(([name, [first]]): Curve => {
      return { name: name === 'pair' ? '--keep 100000' : name, points: first?.points ?? [] }
    })
    return [
      {
        name: 'retention-rate',
        title: 'lines with --keep, of which the end stays',
        unit: 'lines/s',
        ...samplesOf(runs, ({ rate }) => rate),
        target: { of: 'ratio', atLeast: 0.9 }
      },
      {
        name: 'retention-disk',
        title: 'the same, disk at the end',
        unit: 'MB',
        ...samplesOf(runs, ({ end }) => end),
        target: { of: 'median', atMost: 60 },
        curves
      },
      {
        name: 'retention-peak',
        title: 'the same, disk at any moment',
        unit: 'MB',
        ...samplesOf(runs, ({ peak }) => peak),
        target: { of: 'median', atMost: 200 }
      },
      {
        name: 'retention-memory',
        title: 'the same, the writer’s peak of memory',
        unit: 'MB',
        ...samplesOf(runs, ({ memory }) => memory)
      }
    ]
  }
}

interface Run {
  rate: number
  end: number
  peak: number
  memory: number
  /** Lines, and the most that the disk held while they came, in MB. */
  points: [number, number][]
}

function grow(app: string[], lines: number): Promise<Run> {
  return scoped(async (scope) => {
    const storage = scope.folder()
    const writer = await startWriter(scope, await loopback(scope), { app, storage })
    const { program } = writer
    const part = lines / PARTS
    const points: [number, number][] = [[0, 0]]
    let took = 0
    for (let done = 0; done < lines; done += part) {
      let most = 0
      const look = (): void => {
        most = Math.max(most, sizeOf(storage) / MB)
      }
      const timer = setInterval(look, SAMPLE_MS)
      took += await append(writer, part, LINE_BYTES, done)
      clearInterval(timer)
      look()
      points.push([done + part, most])
    }
    const memory = memoryOf(program.pid, 'VmHWM')
    await program.stop()
    const peak = Math.max(...points.map(([, most]) => most))
    return { rate: (lines * 1000) / took, end: sizeOf(storage) / MB, peak, memory, points }
  })
}
