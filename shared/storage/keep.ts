import type { Hypercore } from 'hypercore'
import { type Span, nodeOf, sizesOf, spansOf } from '../upstream/hypercore-nodes.ts'

/** How much of a log is kept: its last `blocks`, what takes `bytes` on the disk, or what came in the last `ms`. */
export type Keep = { blocks: number } | { bytes: number } | { ms: number }

/** Whether not one block is kept. */
export function keepsNothing(keep: Keep): boolean {
  return Object.values(keep).every((amount) => amount === 0)
}

/** What a block takes on the disk beside its own bytes: mostly two nodes of the Merkle tree. */
const BLOCK_OVERHEAD = 128

/**
 * The first block to keep, by number or size, of those of `core` from `from` to before `end`: `from` where less
 * than the `share` of what is kept would go.
 */
export async function firstToKeep(
  core: Hypercore,
  keep: Keep,
  { from, end, share }: { from: number; end: number; share: number }
): Promise<number> {
  if (end <= from) return from
  if ('blocks' in keep) {
    const excess = end - from - keep.blocks
    return excess < keep.blocks * share ? from : end - keep.blocks
  }
  if (!('bytes' in keep)) return from
  const { bytes } = keep
  const size = await diskBytes(core, from, end)
  return size < bytes * (1 + share) ? from : firstWithin(core, { from, end, bytes })
}

/** About how many bytes of disk the blocks from `from` to before `end` take; Infinity where the tree cannot tell. */
async function diskBytes(core: Hypercore, from: number, end: number): Promise<number> {
  const sizes = await sizesIn(core, spansOf(from, end))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/**
 * The first block of `core`, from block `from` on, such that it and what follows before block `end` take no
 * more than `bytes` on the disk. The Merkle tree tells; where it is not all here, what comes before is not
 * counted.
 */
export async function firstWithin(
  core: Hypercore,
  { from, end, bytes }: { from: number; end: number; bytes: number }
): Promise<number> {
  let first = end
  let left = bytes
  let spans = spansOf(from, first)
  for (;;) {
    let rest: Span | null = null
    const sizes = await sizesIn(core, spans)
    for (let i = spans.length - 1; i >= 0 && rest === null; i--) {
      const [span, size = Infinity] = [spans[i], sizes[i]]
      if (span !== undefined && size > left) rest = span
      else if (span !== undefined) {
        left -= size
        first = span.start
      }
    }
    if (rest === null || rest.count === 1) return first
    const half = rest.count / 2
    spans = [
      { start: rest.start, count: half },
      { start: rest.start + half, count: half }
    ]
  }
}

async function sizesIn(core: Hypercore, spans: Span[]): Promise<number[]> {
  const sizes = await sizesOf(core, spans.map(nodeOf))
  return spans.map(({ count }, i) => (sizes[i] ?? Infinity) + BLOCK_OVERHEAD * count)
}
