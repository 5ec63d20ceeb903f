// Checked with hypercore 11.37.1, hypercore-storage 3.3.1 and rocksdb-native 3.18.1.
import type { Hypercore } from 'hypercore'
import type { Proof } from './hypercore-proof.ts'
import { nodeOf, spansOf } from './hypercore-nodes.ts'
import { whileLocked } from './hypercore-store.ts'
import type { Members } from './members.ts'

interface Write {
  deleteTreeNode(index: number): void
  deleteTreeNodeRange(start: number, end: number): void
  deleteBlockRange(start: number, end: number): void
  flush(): Promise<boolean>
}

interface Trimmed {
  readonly state: {
    readonly storage: { write(): Write; readonly treeCache: { clear(): void } }
  }
  readonly core: {
    readonly bitfield: { firstSet(start: number): number; firstUnset(start: number): number }
    readonly storage: { readonly store: { readonly db: { flush(): Promise<void> } } }
  }
}

interface LeapBatch {
  verifyUpgrade(proof: Proof): boolean
}

interface Leaping {
  readonly state: {
    readonly storage: {
      write(): {
        putBitfieldPage(index: number, page: Uint8Array): void
        setHints(hints: object): void
        flush(): Promise<boolean>
      }
    }
    createTreeBatch(): LeapBatch
    _verifyBlock(batch: LeapBatch, bitfield: null, value: null, manifest: null): Promise<boolean>
  }
  readonly core: {
    readonly header: {
      readonly hints: { contiguousLength: number; readonly remoteContiguousLength: number }
    }
    readonly replicator: { onhave(start: number, length: number, drop: boolean): void }
    _setBitfieldRanges(start: number, end: number, value: boolean): void
    _verifyBatchUpgrade(batch: LeapBatch, manifest: null): unknown
  }
}

/** Blocks that one stored page of the bitfield tells of. */
const PAGE_BLOCKS = 32_768

/** What this module uses of a core that is ready. */
export const TRIM_MEMBERS: Members = {
  'core.state.storage.write': 'function',
  'core.state.storage.treeCache.clear': 'function',
  'core.core.bitfield.firstSet': 'function',
  'core.core.bitfield.firstUnset': 'function',
  'core.core.storage.store.db.flush': 'function',
  'core.state.createTreeBatch': 'function',
  'core.state._verifyBlock': 'function',
  'core.core.header.hints.contiguousLength': 'number',
  'core.core.replicator.onhave': 'function',
  'core.core._setBitfieldRanges': 'function',
  'core.core._verifyBatchUpgrade': 'function'
}

/**
 * The end of the run of blocks of `core` that begins at block `start`: `start` where that block is not
 * here. A public way for a part of it: `core.contiguousLength` counts from the first block on.
 */
export function endOfRun(core: Hypercore, start: number): number {
  const { length } = core
  const unset = (core as unknown as Trimmed).core.bitfield.firstUnset(start)
  return unset === -1 ? length : Math.min(length, unset)
}

/** The first block of `core` from block `start` on that is here; Infinity where there is none. No public way. */
export function firstHere(core: Hypercore, start: number): number {
  const first = (core as unknown as Trimmed).core.bitfield.firstSet(start)
  return first === -1 ? Infinity : first
}

/**
 * Frees the blocks of `core` from `start` to before `end`, those that a leap has hidden too. A public way for a
 * part of it: `core.clear` frees no such block, and nodes of the Merkle tree as well where the first blocks of
 * the range are not here.
 */
export async function freeBlocks(core: Hypercore, start: number, end: number): Promise<void> {
  const { state } = core as unknown as Trimmed
  const first = firstHere(core, start)
  if (first !== start) {
    await whileLocked(core, () => {
      const tx = state.storage.write()
      tx.deleteBlockRange(start, Math.min(first, end))
      return tx.flush()
    })
  }
  if (first < end) await core.clear(first - (first % 2), end)
}

/**
 * Frees the nodes of the Merkle tree of `core` below block `to`, but for those of `provingNodes`; those
 * below block `from` were freed before. Nothing is freed unless `isWanted` says so while nothing else is written
 * to the log. No public way: `core.clear` frees blocks, and leaves two nodes of 106 bytes in all for each.
 */
export async function freeTree(
  core: Hypercore,
  from: number,
  to: number,
  isWanted = (): boolean => true
): Promise<void> {
  const { state } = core as unknown as Trimmed
  await whileLocked(core, async () => {
    if (!isWanted()) return
    const tx = state.storage.write()
    const kept = new Set(provingNodes(to, core.length))
    for (const index of from > 0 ? provingNodes(from, core.length) : []) {
      if (index < 2 * from && !kept.has(index)) tx.deleteTreeNode(index)
    }
    let next = 2 * from
    for (const index of [...kept, 2 * to].sort((a, b) => a - b)) {
      if (index < next) continue
      if (index > next) tx.deleteTreeNodeRange(next, index)
      next = index + 1
    }
    await tx.flush()
    // they were deleted without its knowledge
    state.storage.treeCache.clear()
  })
}

/**
 * The nodes with a number below `2 * first` without which nothing from block `first` on can be proven, of
 * a log of `length` blocks: the full roots of what comes before, and the ancestors of block `first`.
 */
export function provingNodes(first: number, length: number): number[] {
  const nodes = spansOf(0, first).map(nodeOf)
  for (let count = 2; count <= 2 * length; count *= 2) {
    const start = Math.floor(first / count) * count
    const index = nodeOf({ start, count })
    if (start < first && index < 2 * first) nodes.push(index)
  }
  return nodes
}

/**
 * Has RocksDB write out what it keeps in memory: only then is the space of what was deleted given back,
 * which otherwise waits for 16 MB of new blocks. No public way.
 */
export async function flushStore(core: Hypercore): Promise<void> {
  await (core as unknown as Trimmed).core.storage.store.db.flush()
}

/**
 * Takes `core` to where `proof`, which begins with the first block, leads, though what would join that to
 * what is here has gone: the writer's signature stands for it. The blocks that are here stay on the disk,
 * but no peer is told of them, since nothing proves them any more. `onverified` is waited for before
 * anything is changed. Throws where the proof is not the writer's. No public way.
 */
export async function leapTo(
  core: Hypercore,
  proof: Proof,
  onverified: () => Promise<void>
): Promise<void> {
  const { state, core: inner } = core as unknown as Leaping
  const before = core.length
  const batch = state.createTreeBatch()
  Object.assign(batch, { fork: proof.fork, roots: [], length: 0, byteLength: 0 })
  if (!batch.verifyUpgrade(proof)) throw new Error('the proof is not one of an upgrade')
  inner._verifyBatchUpgrade(batch, null)
  await onverified()
  await hideBlocks(core, before)
  await state._verifyBlock(batch, null, null, null)
}

async function hideBlocks(core: Hypercore, end: number): Promise<void> {
  const { state, core: inner } = core as unknown as Leaping
  await whileLocked(core, async () => {
    const tx = state.storage.write()
    for (let page = 0; page * PAGE_BLOCKS < end; page++) {
      tx.putBitfieldPage(page, new Uint8Array(PAGE_BLOCKS / 8))
    }
    const { hints } = inner.header
    hints.contiguousLength = 0
    tx.setHints({ contiguousLength: 0, remoteContiguousLength: hints.remoteContiguousLength })
    await tx.flush()
    inner._setBitfieldRanges(0, end, false)
    inner.replicator.onhave(0, end, true)
  })
}
