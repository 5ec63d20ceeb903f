import { type Build, ofEach } from '../harness/builds.ts'
import { startPair } from '../harness/connected.ts'
import { after } from '../../shared/limits/clock.ts'
import type { Figure, Result } from '../harness/figure.ts'
import { pipeRate } from '../harness/live.ts'
import { alternate, median, samplesOf } from '../harness/measure.ts'
import { memoryOf } from '../harness/memory.ts'
import { type Network, loopback } from '../harness/network.ts'
import { type Launch, startWriter, startWriterOf } from '../harness/pair.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

/** What opening a log has allocated for a moment is given back by then. */
const SETTLED_MS = 5000

export const memory: Figure = {
  name: 'memory',
  about: 'memory of writer and reader over 800,000 blocks, and of a writer that is idle',
  measure: ({ rounds, scale, builds }) =>
    scoped(async (scope) => {
      const few = scale(200_000)
      const many = scale(800_000)
      const peaks = await alternate(
        rounds,
        await ofEach(builds, (build) => () => peakMemory(build, few, many))
      )

      const network = await loopback(scope)
      const long = scope.folder()
      await scoped((filling) =>
        startWriterOf(filling, network, many, LINE_BYTES, { storage: long })
      )
      const full = await ofEach(builds, ({ writer: app }) => {
        return () => idleMemory(network, { app, storage: long })
      })
      const idle = await alternate(rounds, { ...full, empty: () => idleMemory(network) })
      const { pair, before, empty } = idle
      return [
        ofApp('writer'),
        ofApp('reader'),
        {
          name: 'memory-idle',
          title: 'an idle writer of 800,000 blocks',
          unit: 'MB',
          ...samplesOf({ pair, before }, (megabytes) => megabytes),
          target: { of: 'median', atMost: 70 }
        },
        {
          name: 'memory-idle-more',
          title: 'what 800,000 blocks add to an idle writer',
          unit: 'MB',
          ...samplesOf({ pair }, (megabytes) => megabytes - median(empty)),
          target: { of: 'median', atMost: 10 }
        }
      ]

      function ofApp(app: 'writer' | 'reader'): Result {
        const { pair, before } = samplesOf(peaks, (peak) => peak[app].many)
        return {
          name: `memory-${app}`,
          title: `the ${app}’s peak over 800,000 blocks`,
          unit: 'MB',
          pair,
          before,
          baselines: { 'at 200,000': peaks.pair.map((peak) => peak[app].few) },
          target: { of: 'median', atMost: 250 }
        }
      }
    })
}

/** The most that writer and reader had until a `few` lines were through, and until `many` were. */
function peakMemory(build: Build, few: number, many: number) {
  return scoped(async (scope) => {
    const { from, to } = await startPair(scope, await loopback(scope), build)
    const peak = ({ pid }: { pid: number }): number => memoryOf(pid, 'VmHWM')
    await pipeRate({ from, to }, few)
    const atFew = { writer: peak(from), reader: peak(to) }
    await pipeRate({ from, to }, many - few)
    return {
      writer: { few: atFew.writer, many: peak(from) },
      reader: { few: atFew.reader, many: peak(to) }
    }
  })
}

function idleMemory(network: Network, launch?: Launch): Promise<number> {
  return scoped(async (scope) => {
    const { program } = await startWriter(scope, network, launch)
    await after(SETTLED_MS)
    return memoryOf(program.pid, 'VmRSS')
  })
}
