import { startGuidePair, startPair } from '../harness/connected.ts'
import { ofEach } from '../harness/builds.ts'
import type { Figure } from '../harness/figure.ts'
import { type Live, pipeRate } from '../harness/live.ts'
import { alternate, ownSamplesOf, samplesOf } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { processorTime } from '../harness/processor.ts'
import { type Scope, scoped } from '../harness/scope.ts'

export const pipe: Figure = {
  name: 'pipe',
  about: 'a stream through the writer’s stdin and the reader’s stdout on loopback',
  async measure({ rounds, scale, builds }) {
    const apps = await ofEach(builds, (build) => {
      return () =>
        pipeThrough(scale(500_000), async (scope) => startPair(scope, await loopback(scope), build))
    })
    const runs = await alternate(rounds, {
      ...apps,
      'the guide’s loop': () =>
        pipeThrough(scale(10_000), async (scope) => startGuidePair(scope, await loopback(scope)))
    })
    return [
      {
        name: 'pipe',
        title: 'live pipe on loopback',
        unit: 'lines/s',
        ...samplesOf(runs, ({ rate }) => rate),
        target: { of: 'median', atLeast: 25_000 }
      },
      {
        name: 'pipe-writer',
        title: 'the same, the writer’s processor time a line',
        unit: 'µs',
        ...ownSamplesOf(runs, ({ writer }) => writer)
      },
      {
        name: 'pipe-reader',
        title: 'the same, the reader’s processor time a line',
        unit: 'µs',
        ...ownSamplesOf(runs, ({ reader }) => reader)
      }
    ]
  }
}

/** Lines a second, and microseconds of processor time a line. */
interface Run {
  rate: number
  writer: number
  reader: number
}

function pipeThrough(lines: number, start: (scope: Scope) => Promise<Live>): Promise<Run> {
  return scoped(async (scope) => {
    const live = await start(scope)
    const before = { writer: processorTime(live.from), reader: processorTime(live.to) }
    const rate = await pipeRate(live, lines)
    return {
      rate,
      writer: (processorTime(live.from) - before.writer) / lines,
      reader: (processorTime(live.to) - before.reader) / lines
    }
  })
}
