import type { Hypercore } from 'hypercore'
import { type Span, nodeOf, sizesOf, spansOf } from '../upstream/hypercore-nodes.ts'

/** A span that is too long is looked at in this many parts. */
const PARTS = 8

/**
 * Resolves to how many blocks of `core` from `start` on, and before `end`, have `bytes` at the most,
 * though at least one. The Merkle tree tells, whose nodes hold the size of all below them:
 * no average would, where a few large blocks come after many small ones. With `enough` bytes it is
 * content, and looks no closer.
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

function partsOf({ start, count }: Span): Span[] {
  const part = Math.max(1, count / PARTS)
  return Array.from({ length: count / part }, (_, i) => ({ start: start + i * part, count: part }))
}

// the size of a span that is not all here is not known, which is as good as too long
async function measured(core: Hypercore, spans: Span[]): Promise<(Span & { size: number })[]> {
  const sizes = await sizesOf(core, spans.map(nodeOf))
  return spans.map((span, i) => ({ ...span, size: sizes[i] ?? Infinity }))
}
