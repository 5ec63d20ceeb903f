import { type Way, startGuideReader } from './guide.ts'
import type { Network } from './network.ts'
import { type Writer, startReader } from './pair.ts'
import type { Program } from './program.ts'
import { scoped } from './scope.ts'

/** How many blocks of `size` bytes reader-app reads a second: the first `count`, into a new store. */
export function catchUpRate(
  network: Network,
  { key }: Writer,
  count: number,
  size: number
): Promise<number> {
  return scoped((scope) => {
    const position = ['--start', '0', '--count', String(count)]
    return rateOf(startReader(scope, network, key, position), count, size)
  })
}

/** The same for a reader of plain Hypercore. */
export function guideRate(
  network: Network,
  { key }: Writer,
  way: Way,
  count: number,
  size: number
): Promise<number> {
  return scoped((scope) => rateOf(startGuideReader(scope, network, key, way, count), count, size))
}

// from its first connection, so that start-up and discovery do not count, to the last block
async function rateOf(reader: Program, count: number, size: number): Promise<number> {
  const from = await reader.said('connected')
  const to = await reader.received(count * (size + 1))
  await reader.done()
  return (count * 1000) / (to - from)
}
