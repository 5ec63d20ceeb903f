import b4a from 'b4a'
import path from 'bare-path'
import Hypercore from 'hypercore'
import { Failure } from '../errors.ts'
import { assertCore } from '../upstream/assert-core.ts'
import { keepLastPage } from '../upstream/hypercore-bitfield.ts'
import { setEagerUpgrade } from '../upstream/hypercore-replicator.ts'
import { createStorage } from '../upstream/hypercore-store.ts'
import { wantOnce } from '../upstream/hypercore-wants.ts'
import { assertOurs, assertWhole } from './checks.ts'
import { Checkpoint } from './checkpoint.ts'
import { REPAIR_HINT_READER, REPAIR_HINT_WRITER, openFailure, placeFailure } from './failures.ts'
import { STORE, isUnfinished, makeOnce } from './first-start.ts'
import type { Keep } from './keep.ts'
import { keepPrivate } from './permissions.ts'
import { privateOptions, writerEncryption } from './private-log.ts'
import {
  READER_STORAGE,
  WRITER_RECORD,
  WRITER_STORAGE,
  copyPlaces,
  writerPlaces
} from './places.ts'
import { Retention } from './retention.ts'
import { WriterLog } from './writer-log.ts'

const OURS = [WRITER_STORAGE, WRITER_RECORD, READER_STORAGE]
/** RocksDB keeps up to two of these in memory, and gives back what was freed once one is full. */
const WRITE_BUFFER = 16 * 1024 * 1024
/** The same for a writer that keeps all: the more comes together, the less often it is merged. */
const LARGE_WRITE_BUFFER = 32 * 1024 * 1024
/** One writes tables, and two merge them: a large merge does not hold up the small ones. */
const BACKGROUND_JOBS = 3

/** How a log is written. */
interface WriterOptions {
  readonly private: boolean
  readonly keep?: Keep | null
}

/**
 * Opens the log that this machine writes, in `storage`, or makes a new one with a new key, whose blocks
 * are encrypted where it is to be `private`; `keep` says how much of it is kept. Throws a Failure where
 * it can't, and where a log that is there was not made private.
 */
export async function openWriter(storage: string, options: WriterOptions): Promise<WriterLog> {
  const checkpoint = openCheckpoint(storage)
  try {
    return await openLog(storage, checkpoint, options)
  } catch (err) {
    checkpoint.close()
    throw err
  }
}

async function openLog(
  storage: string,
  checkpoint: Checkpoint,
  { private: toBePrivate, keep = null }: WriterOptions
): Promise<WriterLog> {
  const { folder } = writerPlaces(storage)
  const { key } = checkpoint.state ?? {}
  if (key !== undefined && isUnfinished(folder)) {
    throw new Failure(`${folder} is gone, and with it the log ${key}: ${REPAIR_HINT_WRITER}`)
  }
  const core = await open(storage, folder, REPAIR_HINT_WRITER, {
    make: (at) => new Hypercore(at, toBePrivate ? privateOptions() : {}),
    reopen: (at) => new Hypercore(at),
    writeBuffer: keep === null ? LARGE_WRITE_BUFFER : WRITE_BUFFER
  })
  if (key !== undefined && key !== b4a.toString(core.key, 'hex')) {
    await core.close()
    throw new Failure(
      `${folder} no longer holds the log ${key} but another one: ${REPAIR_HINT_WRITER}`
    )
  }
  if (toBePrivate && writerEncryption(core) === null) {
    await core.close()
    throw new Failure(
      `${folder} holds a log that everybody with its key can read: a private log is a new one, in an empty folder with --storage`
    )
  }
  return new WriterLog(core, checkpoint, await Retention.load(core, keep))
}

function openCheckpoint(storage: string): Checkpoint {
  const { record: file } = writerPlaces(storage)
  try {
    assertOurs(storage, OURS)
    return new Checkpoint(file)
  } catch (err) {
    throw placeFailure(err, storage, REPAIR_HINT_WRITER)
  }
}

/** Throws unless `storage`, and `folder` of a store in it, are missing, empty, or of these apps. */
export function assertPlace(storage: string, folder: string): void {
  assertOurs(storage, OURS)
  assertOurs(folder, STORE)
}

/**
 * Opens the copy, in `folder` below `storage`, of the log with `key`. It takes only blocks that the
 * log's writer signed, and does not grow by itself: the feed or plain replication makes it grow. Throws
 * a Failure where it can't.
 */
export function openReader(
  storage: string,
  key: Uint8Array,
  folder: string = copyPlaces(storage, key).copy
): Promise<Hypercore> {
  const create = (at: unknown): Hypercore =>
    new Hypercore(at, key, { writable: false, inflightRange: [64, 1024] })
  const creation = { make: create, reopen: create, writeBuffer: WRITE_BUFFER }
  return open(storage, folder, REPAIR_HINT_READER, creation)
}

/** How a store is made and opened again, and how much of it is in memory before it is written out, in bytes. */
interface Creation {
  make(store: unknown): Hypercore
  reopen(store: unknown): Hypercore
  readonly writeBuffer: number
}

async function open(
  storage: string,
  folder: string,
  repairHint: string,
  { make, reopen, writeBuffer }: Creation
): Promise<Hypercore> {
  try {
    assertPlace(storage, folder)
    await makeOnce(folder, async (draft) => {
      const core = make(storeIn(draft, writeBuffer))
      await core.ready()
      await core.close()
    })
  } catch (err) {
    throw placeFailure(err, folder, repairHint)
  }
  try {
    assertWhole(folder, repairHint)
    const core = reopen(storeIn(folder, writeBuffer))
    await core.ready()
    assertCore(core)
    keepLastPage(core)
    wantOnce(core)
    // what makes it longer, and when, is for the apps to say
    setEagerUpgrade(core, false)
    core.once('close', keepPrivate(folder))
    return core
  } catch (err) {
    throw openFailure(err, folder, repairHint)
  }
}

function storeIn(folder: string, writeBufferSize: number): unknown {
  return createStorage(folder, {
    writeBufferSize,
    maxBackgroundJobs: BACKGROUND_JOBS,
    // the system caches what is read: a second cache is memory, and makes nothing faster
    blockCache: false,
    tableCacheIndexAndFilterBlocks: false,
    // large blocks are not copied to newer files for the sake of the few that a rewind has deleted
    blobGarbageCollectionAgeCutOff: 0
  })
}
