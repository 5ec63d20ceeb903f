import { ofEach } from '../harness/builds.ts'
import type { Figure } from '../harness/figure.ts'
import { alternate, samplesOf } from '../harness/measure.ts'
import { type Network, loopback } from '../harness/network.ts'
import { type Launch, type Writer, startReader, startWriterOf } from '../harness/pair.ts'
import { processorTime } from '../harness/processor.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

const READERS = 32
const FEW = 4

export const manyCatchUp: Figure = {
  name: 'many-catch-up',
  about: '32 new readers of 100,000 blocks at once on loopback, in processes of their own',
  measure: ({ rounds, scale, builds }) =>
    scoped(async (scope) => {
      const blocks = scale(100_000)
      const network = await loopback(scope)
      const { pair, before } = await ofEach(builds, async ({ writer, reader }) => {
        const served = await startWriterOf(scope, network, blocks, LINE_BYTES, { app: writer })
        return () =>
          Promise.resolve((readers: number) => {
            return readTogether(network, served, blocks, readers, { app: reader })
          })
      })
      const [now, then] = [await pair(), before && (await before())]
      const readings = await alternate(rounds, {
        pair: () => now(READERS),
        before: then && (() => then(READERS)),
        'four of them': () => now(FEW)
      })
      return [
        {
          name: 'many-catch-up',
          title: 'catch-up of 32 readers at once, all together',
          unit: 'blocks/s',
          ...samplesOf(readings, ({ rate }) => rate),
          target: { of: 'ratio', atLeast: 0.9 }
        },
        {
          name: 'many-catch-up-processor',
          title: 'the same, processor time of all a block',
          unit: 'µs',
          ...samplesOf(readings, ({ processor }) => processor)
        },
        {
          name: 'many-catch-up-first',
          title: 'the same, first line of the last reader',
          unit: 's',
          ...samplesOf(readings, ({ first }) => first)
        }
      ]
    })
}

/** How readers that were started together have fared, start-up and discovery included. */
interface Together {
  /** Blocks a second that all of them took, from their start until the last had all. */
  rate: number
  /** Microseconds of processor time for each block of each reader, the writer's among it. */
  processor: number
  /** Seconds until the last reader had its first block. */
  first: number
}

function readTogether(
  network: Network,
  writer: Writer,
  blocks: number,
  readers: number,
  launch: Launch
): Promise<Together> {
  return scoped(async (scope) => {
    const served = processorTime(writer.program)
    const programs = Array.from({ length: readers }, () => {
      return startReader(scope, network, writer.key, ['--start', '0'], launch)
    })
    const from = Math.min(...programs.map(({ startedAt }) => startedAt))
    const started = programs.map((program) => program.received(1))
    const done = programs.map((program) => program.received(blocks * (LINE_BYTES + 1)))
    const first = Math.max(...(await Promise.all(started))) - from
    const taken = Math.max(...(await Promise.all(done))) - from
    const spent = programs.reduce((sum, program) => sum + processorTime(program), 0)
    const total = blocks * readers
    return {
      rate: (total / taken) * 1000,
      processor: (spent + processorTime(writer.program) - served) / total,
      first: first / 1000
    }
  })
}
