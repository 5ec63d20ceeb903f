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

// from the first block to the last, so that start-up and discovery do not count
async function rateOf(reader: Program, count: number, size: number): Promise<number> {
  const bytes = count * (size + 1)
  const from = await reader.received(1)
  const begun = reader.bytes
  const to = await reader.received(bytes)
  await reader.done()
  return ((bytes - begun) / (size + 1) / (to - from)) * 1000
}
