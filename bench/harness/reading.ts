import { type Way, startGuideReader } from './guide.ts'
import type { Network } from './network.ts'
import { type Launch, type Writer, startReader } from './pair.ts'
import { processorTime } from './processor.ts'
import type { Program } from './program.ts'
import { scoped } from './scope.ts'

/** How a reader has fared, from its first block to its last: start-up and discovery do not count. */
export interface Reading {
  /** Blocks a second. */
  rate: number
  /** Microseconds of processor time a block. */
  reader: number
  writer: number
}

/** How reader-app reads blocks of `size` bytes: the first `count`, into a new store. */
export function catchUp(
  network: Network,
  writer: Writer,
  count: number,
  size: number,
  launch?: Launch
): Promise<Reading> {
  return scoped((scope) => {
    const reader = startReader(scope, network, writer.key, ['--start', '0'], launch)
    return reading(reader, writer.program, count, size)
  })
}

/** The same for a reader of plain Hypercore. */
export function guideCatchUp(
  network: Network,
  writer: Writer,
  way: Way,
  count: number,
  size: number
): Promise<Reading> {
  return scoped((scope) => {
    const reader = startGuideReader(scope, network, writer.key, way, Infinity)
    return reading(reader, writer.program, count, size)
  })
}

async function reading(
  reader: Program,
  writer: Program,
  count: number,
  size: number
): Promise<Reading> {
  const bytes = count * (size + 1)
  const from = await reader.received(1)
  const begun = reader.bytes
  const [readerBegan, writerBegan] = [reader, writer].map(processorTime)
  const to = await reader.received(bytes)
  const blocks = (bytes - begun) / (size + 1)
  return {
    rate: (blocks / (to - from)) * 1000,
    reader: (processorTime(reader) - (readerBegan ?? 0)) / blocks,
    writer: (processorTime(writer) - (writerBegan ?? 0)) / blocks
  }
}
