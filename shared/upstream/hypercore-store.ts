// Checked with hypercore 11.37.1, hypercore-storage 3.3.1 and rocksdb-native 3.18.1.
import path from 'bare-path'
import Hypercore, { type Hypercore as Core } from 'hypercore'
import type { TreeNode } from './hypercore-proof.ts'
import { type Members, assertMembers } from './members.ts'

/** Reads of one batch: none resolves before `tryFlush`. */
export interface ReadBatch {
  getBlock(index: number): Promise<Uint8Array | null>
  getTreeNode(index: number): Promise<TreeNode | null>
  tryFlush(): void
}

/** How a core that is ready reads its store. */
export interface Stored {
  readonly state: { readonly storage: { read(): ReadBatch } }
}

interface Locked {
  readonly state: { readonly mutex: { lock(): Promise<void>; unlock(): void } }
}

interface Files {
  readonly core: {
    readonly storage: {
      readonly store: {
        readonly rocks: {
          readonly path: string
          currentWalFile(): Promise<{ path: string; number: number }>
        }
      }
    }
  }
}

/** What this folder uses of the store of a core that is ready. */
export const STORE_MEMBERS: Members = {
  'core.state.storage.read': 'function',
  'core.state.mutex.lock': 'function',
  'core.state.mutex.unlock': 'function',
  'core.core.storage.store.rocks.currentWalFile': 'function'
}

/**
 * The blocks from `start` to before `end` that are on disk, null for each other. One read for all of
 * them: a batch of 1024 short blocks takes a fifth of the time that the public way takes, which is
 * `core.get(index, { wait: false })`.
 */
export function readBlocks(core: Core, start: number, end: number): Promise<(Uint8Array | null)[]> {
  const rx = (core as Core & Stored).state.storage.read()
  const reads: Promise<Uint8Array | null>[] = []
  for (let seq = start; seq < end; seq++) reads.push(rx.getBlock(seq))
  rx.tryFlush()
  return Promise.all(reads)
}

/**
 * The fork of `core` once what is being written to it is in effect. While a log is truncated, its store has
 * lost what `core.length` still counts, so that a read of it fails. No public way tells when that is over.
 */
export async function settledFork(core: Core): Promise<number> {
  try {
    await whileLocked(core, () => {})
  } catch {
    // the core is closed: nothing is written any more
  }
  return core.fork
}

/** Does `work` while nothing else is written to `core`. Throws once that is closed. No public way. */
export async function whileLocked<T>(core: Core, work: () => T | Promise<T>): Promise<T> {
  const { mutex } = (core as Core & Locked).state
  await mutex.lock()
  try {
    return await work()
  } finally {
    mutex.unlock()
  }
}

/** A file to which RocksDB appends what is written; the next one has a greater number. */
interface WalFile {
  number: number
  path: string
}

/**
 * The file that took, and takes, all that is appended to `core`: synced, it makes that survive a power
 * cut. No public way; Hypercore itself syncs no append.
 */
export async function walFile(core: Core): Promise<WalFile> {
  const { rocks } = (core as Core & Files).core.storage.store
  const { number, path: name } = await rocks.currentWalFile()
  return { number, path: path.join(rocks.path, name) }
}

/** What is chosen for a store. `Hypercore.defaultStorage` is documented, these options are not. */
interface StoreOptions {
  /** RocksDB keeps up to two of these in memory, in bytes. */
  writeBufferSize: number
  /** The share of the oldest files of large blocks that is copied anew where others were deleted. */
  blobGarbageCollectionAgeCutOff: number
  /** Threads that write tables and merge them, each of which holds on to memory of its own. */
  maxBackgroundJobs: number
  /** Whether RocksDB caches up to 32 MB of what it reads. */
  blockCache: boolean
  /** Whether the index of a table is cached with that; else the table has it in memory while it is open. */
  tableCacheIndexAndFilterBlocks: boolean
}

/** The settings of the one family of keys that hypercore-storage keeps all in, before it is opened. */
interface Family {
  readonly name: string
  readonly _options: object
  _handle: unknown
  cloneSettings(name: string): Family
  destroy(): void
}

/** What this folder uses of a store that is not open yet. */
export const FAMILY_MEMBERS: Members = {
  'store.db.defaultColumnFamily._options': 'object',
  'store.db.defaultColumnFamily._options.topLevelIndexPinningTier': 'number',
  'store.db.defaultColumnFamily._options.partitionPinningTier': 'number',
  'store.db.defaultColumnFamily._options.unpartitionedPinningTier': 'number',
  'store.db.defaultColumnFamily._handle': 'object',
  'store.db.defaultColumnFamily.cloneSettings': 'function',
  'store.db.defaultColumnFamily.destroy': 'function'
}

/**
 * With rocksdb-native's own settings the index of a table stays in memory, half a byte for each block of a
 * log however long, and its Bloom filter, 4 bytes. A filter tells where a key is not, and a log is read
 * where it has blocks.
 */
const PINS_NOTHING = {
  filterPolicy: null,
  topLevelIndexPinningTier: 0,
  partitionPinningTier: 0,
  unpartitionedPinningTier: 0
}

/**
 * A store in `folder`, for the constructor of Hypercore, whose memory does not grow with the log. No
 * public way: hypercore-storage passes on some of RocksDB's options, and these are none of them.
 */
export function createStorage(folder: string, options: StoreOptions): unknown {
  const storage = Hypercore.defaultStorage(folder, options) as {
    readonly db: { readonly defaultColumnFamily: Family }
  }
  assertMembers('hypercore', storage, FAMILY_MEMBERS)
  const family = storage.db.defaultColumnFamily
  Object.assign(family._options, PINS_NOTHING)
  const { _handle } = family.cloneSettings(family.name)
  family.destroy()
  family._handle = _handle
  return storage
}

/**
 * The store in `folder`, for the constructor of Hypercore, as it is at this moment: another process may
 * have it open, and goes on writing to it. Nothing in it is changed. hypercore-storage takes no lock
 * with this option, which it documents no more than the others.
 */
export function readOnlyStorage(folder: string): unknown {
  return Hypercore.defaultStorage(folder, { readOnly: true })
}
