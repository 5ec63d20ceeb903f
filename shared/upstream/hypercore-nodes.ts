// Checked with hypercore 11.37.1.
import b4a from 'b4a'
import type { Hypercore } from 'hypercore'
import type { TreeNode } from './hypercore-proof.ts'
import type { Stored } from './hypercore-store.ts'

/** No tree has as many levels. */
const MAX_LEVELS = 50

/** The blocks below one node of the Merkle tree: a power of two, from a multiple of it on. */
export interface Span {
  start: number
  count: number
}

/** The fewest nodes that have the blocks from `start` to before `end`, and no others, below them. */
export function spansOf(start: number, end: number): Span[] {
  const spans: Span[] = []
  while (start < end) {
    let count = 1
    while (start % (2 * count) === 0 && start + 2 * count <= end) count *= 2
    spans.push({ start, count })
    start += count
  }
  return spans
}

/** The number of the node (of flat-tree) that has the blocks of a span below it. */
export function nodeOf({ start, count }: Span): number {
  return 2 * start + count - 1
}

// the blocks below node `index`
function spanOf(index: number): Span {
  let count = 1
  while (((index + 1) / count) % 2 === 0) count *= 2
  return { start: (index + 1 - count) / 2, count }
}

/** Whether the node of the tree of `core` in the place of `node` is that one. No public way. */
export async function holdsNode(core: Hypercore, { index, hash }: TreeNode): Promise<boolean> {
  const [ours] = await readNodes(core, [index])
  return !!ours && b4a.equals(ours.hash, hash)
}

/** Whether node `index`, and all that proves it `nodes` levels up, are on disk. No public way. */
export async function holdsPath(
  core: Hypercore,
  { index, nodes }: { index: number; nodes: number }
): Promise<boolean> {
  if (nodes > MAX_LEVELS) return false
  const path = [index]
  let { start, count } = spanOf(index)
  for (let level = 0; level < nodes; level++) {
    const isLeft = (start / count) % 2 === 0
    path.push(nodeOf({ start: isLeft ? start + count : start - count, count }))
    if (!isLeft) start -= count
    count *= 2
  }
  return (await readNodes(core, path)).every((node) => node !== null)
}

/**
 * The bytes below each of the tree nodes `indexes` (of flat-tree; block n is node 2 * n), Infinity where
 * the node is not here. Tells how many blocks fit into a batch without reading one. No public way:
 * `core.seek` answers in bytes from the first block on.
 */
export async function sizesOf(core: Hypercore, indexes: number[]): Promise<number[]> {
  const nodes = await readNodes(core, indexes)
  return nodes.map((node) => node?.size ?? Infinity)
}

// the tree nodes that are on disk, null for each other
function readNodes(core: Hypercore, indexes: number[]): Promise<(TreeNode | null)[]> {
  const rx = (core as Hypercore & Stored).state.storage.read()
  const nodes = indexes.map((index) => rx.getTreeNode(index))
  rx.tryFlush()
  return Promise.all(nodes)
}
