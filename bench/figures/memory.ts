import { startPair } from '../harness/connected.ts'
import { pause } from '../harness/clock.ts'
import type { Figure } from '../harness/figure.ts'
import { pipeRate } from '../harness/live.ts'
import { alternate, median } from '../harness/measure.ts'
import { memoryOf } from '../harness/memory.ts'
import { type Network, loopback } from '../harness/network.ts'
import { type Launch, startWriter, startWriterOf } from '../harness/pair.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

/** What opening a log has allocated for a moment is given back by then. */
const SETTLED_MS = 5000

export const memory: Figure = {
  name: 'memory',
  about: 'memory of writer and reader over a million blocks, and of a writer that is idle',
  measure: ({ rounds, scale }) =>
    scoped(async (scope) => {
      const few = scale(100_000)
      const many = scale(1_000_000)
      const { peaks } = await alternate(rounds, { peaks: () => peakMemory(few, many) })

      const network = await loopback(scope)
      const long = scope.folder()
      await scoped((filling) =>
        startWriterOf(filling, network, many, LINE_BYTES, { storage: long })
      )
      const idle = await alternate(rounds, {
        full: () => idleMemory(network, { storage: long }),
        empty: () => idleMemory(network)
      })
      return [
        {
          name: 'memory-writer',
          title: 'the writer’s peak over a million blocks',
          unit: 'MB',
          pair: peaks.map(({ writer }) => writer.many),
          baselines: { 'at 100,000': peaks.map(({ writer }) => writer.few) },
          target: { of: 'median', atMost: 250 }
        },
        {
          name: 'memory-reader',
          title: 'the reader’s peak over a million blocks',
          unit: 'MB',
          pair: peaks.map(({ reader }) => reader.many),
          baselines: { 'at 100,000': peaks.map(({ reader }) => reader.few) },
          target: { of: 'median', atMost: 250 }
        },
        {
          name: 'memory-idle',
          title: 'what a million blocks add to an idle writer',
          unit: 'MB',
          pair: idle.full.map((megabytes) => megabytes - median(idle.empty)),
          baselines: {},
          target: { of: 'median', atMost: 10 }
        }
      ]
    })
}

/** The most that writer and reader had until a `few` lines were through, and until `many` were. */
function peakMemory(few: number, many: number) {
  return scoped(async (scope) => {
    const { from, to } = await startPair(scope, await loopback(scope))
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
    await pause(SETTLED_MS)
    return memoryOf(program.pid, 'VmRSS')
  })
}
