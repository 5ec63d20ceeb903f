import type { Hypercore } from 'hypercore'

/** The blocks below one node of the Merkle tree: a power of two, from a multiple of it on. */
interface Span {
  start: number
  count: number
}

/** A span that is too long is divided into this many parts. */
const PARTS = 8

/**
 * Resolves to how many blocks of `core` from `start` on, and before `end`, have at most `bytes`, but at
 * least one. Uses the exact sizes in the Merkle tree: an average would fail where block sizes vary.
 * Stops early once `enough` bytes are found.
 */
export async function blocksWithin(
  core: Hypercore,
  {
    start,
    end,
    bytes,
    enough = Infinity
  }: { start: number; end: number; bytes: number; enough?: number }
): Promise<number> {
  if (end - start === 1) return 1
  let next = start
  let left = bytes
  let spans = spansOf(start, end)
  for (;;) {
    let rest: Span | null = null
    for (const span of await measured(core, spans)) {
      if (span.size > left) {
        rest = span
        break
      }
      next += span.count
      left -= span.size
    }
    if (!rest || rest.count === 1 || bytes - left >= enough) break
    spans = partsOf(rest)
  }
  return Math.max(1, next - start)
}

// The fewest nodes that have these blocks, and no others, below them.
function spansOf(start: number, end: number): Span[] {
  const spans: Span[] = []
  while (start < end) {
    let count = 1
    while (start % (2 * count) === 0 && start + 2 * count <= end) count *= 2
    spans.push({ start, count })
    start += count
  }
  return spans
}

function partsOf({ start, count }: Span): Span[] {
  const part = Math.max(1, count / PARTS)
  return Array.from({ length: count / part }, (_, i) => ({ start: start + i * part, count: part }))
}

// A span that is not all here has no known size, and counts as too long.
function measured(core: Hypercore, spans: Span[]): Promise<(Span & { size: number })[]> {
  const rx = core.core.state.storage.read()
  const sized = spans.map(async (span) => {
    const node = await rx.getTreeNode(2 * span.start + span.count - 1)
    return { ...span, size: node?.size ?? Infinity }
  })
  rx.tryFlush()
  return Promise.all(sized)
}
