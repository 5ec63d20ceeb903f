import { ofEach } from '../harness/builds.ts'
import { bytesWritten } from '../harness/disk.ts'
import type { Figure } from '../harness/figure.ts'
import { alternate, ownSamplesOf } from '../harness/measure.ts'
import { memoryOf } from '../harness/memory.ts'
import { loopback } from '../harness/network.ts'
import { append, startWriter } from '../harness/pair.ts'
import { processorTime } from '../harness/processor.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

const PARTS = 10
/** Each takes as long as its lines take: more would take minutes. */
const MOST_ROUNDS = 2

/** What a long log costs, of which a short one shows nothing. */
export const growth: Figure = {
  name: 'growth',
  about: 'a writer of 3,000,000 lines: bytes to the disk, processor time at the end, memory',
  async measure({ rounds, scale, builds }) {
    const lines = scale(3_000_000)
    const runs = await alternate(
      Math.min(rounds, MOST_ROUNDS),
      await ofEach(
        builds,
        ({ writer }) =>
          () =>
            grow(writer, lines)
      )
    )
    return [
      {
        name: 'growth-writes',
        title: '3,000,000 lines, bytes to the disk for each of text',
        unit: '×',
        ...ownSamplesOf(runs, ({ written }) => written)
      },
      {
        name: 'growth-processor',
        title: 'the same, processor time a line in the last tenth',
        unit: 'µs',
        ...ownSamplesOf(runs, ({ processor }) => processor)
      },
      {
        name: 'growth-memory',
        title: 'the same, the writer’s peak',
        unit: 'MB',
        ...ownSamplesOf(runs, ({ memory }) => memory)
      }
    ]
  }
}

interface Cost {
  written: number
  processor: number
  memory: number
}

function grow(app: string[], lines: number): Promise<Cost> {
  return scoped(async (scope) => {
    const writer = await startWriter(scope, await loopback(scope), { app })
    const { program } = writer
    const part = lines / PARTS
    let before = 0
    for (let done = 0; done < lines; done += part) {
      before = processorTime(program)
      await append(writer, part, LINE_BYTES, done)
    }
    return {
      written: bytesWritten(program) / (lines * LINE_BYTES),
      processor: (processorTime(program) - before) / part,
      memory: memoryOf(program.pid, 'VmHWM')
    }
  })
}
