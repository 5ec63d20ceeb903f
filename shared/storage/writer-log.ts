import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import Hypercore from 'hypercore'
import { bootId } from './boot.ts'
import { Failure } from '../errors.ts'
import { fail } from '../app/environment.ts'
import { keepPrivate } from './permissions.ts'
import { Record } from './checkpoint.ts'
import { assertOurs, assertWhole, isEmpty, openFailure, storageFailure } from './checks.ts'
import { WriteAheadLog } from './wal.ts'

/** What the apps keep below a storage folder. */
const WRITER_STORAGE = 'writer-storage'
const WRITER_RECORD = 'writer-storage.record'
const READER_STORAGE = 'reader-storage'
const OURS = [WRITER_STORAGE, WRITER_RECORD, READER_STORAGE]
/** What hypercore-storage keeps in a store; it would move anything else into `db`. */
const STORE = ['CORESTORE', 'db']
/** RocksDB keeps up to two of these in memory; with its own 64 MB it is no faster. */
const WRITE_BUFFER = 16 * 1024 * 1024

const MEND_WRITER =
  'put its files back from a backup, or start a new log in an empty folder with --storage'
const MEND_READER = 'delete it and start again: its blocks come back from other peers'

/** The log that this machine writes, on disk. */
export class WriterLog {
  readonly core: Hypercore
  readonly #record: Record
  readonly #wal: WriteAheadLog
  readonly #stopWatching: () => void
  readonly #cameBackShort: boolean
  #begun = false
  #committing: Promise<unknown> = Promise.resolve()

  constructor(core: Hypercore, record: Record, stopWatching: () => void) {
    this.core = core
    this.#record = record
    this.#wal = new WriteAheadLog(core)
    this.#stopWatching = stopWatching
    this.#cameBackShort = this.isShort
  }

  /** The length that the log is known to have had: more than it has now where blocks were lost. */
  get knownLength(): number {
    return this.#record.state?.length ?? 0
  }

  /** Whether the log has lost blocks that were acknowledged, or a fork that readers know of. */
  get isShort(): boolean {
    const { fork = 0, length = 0 } = this.#record.state ?? {}
    return this.core.fork < fork || (this.core.fork === fork && this.length < length)
  }

  /** How many blocks there are from the first one on. */
  get length(): number {
    return Math.min(this.core.length, this.core.contiguousLength)
  }

  /**
   * Makes the log ready to be appended to, as it is now. After a loss, and after a power cut, readers
   * may hold blocks that nobody acknowledged and that are gone here: on a new fork they rewind to
   * this log, where other blocks with the same numbers would close their copies for good.
   */
  async begin(): Promise<void> {
    const { fork = 0, boot = '' } = this.#record.state ?? {}
    const wentDown = boot !== '' && boot !== bootId()
    if (this.#cameBackShort || wentDown) {
      await this.core.truncate(this.length, Math.max(this.core.fork, fork) + 1)
    }
    this.#begun = true
    await this.commit()
  }

  /** Appends `blocks`: they survive the end of this process once this resolves. */
  async append(blocks: Uint8Array[]): Promise<void> {
    try {
      await this.core.append(blocks)
    } catch (err) {
      throw writerFailure(err)
    }
  }

  /** Resolves to the length that the log has now, once a power cut could not shorten it. */
  commit(): Promise<number> {
    const committed = this.#commit(bootId())
    this.#committing = committed.catch(() => {})
    return committed
  }

  async #commit(boot: string): Promise<number> {
    const { core } = this
    const key = b4a.toString(core.key, 'hex')
    const { fork, length } = core
    try {
      await this.#wal.sync()
      await this.#record.save({ key, fork, length, boot })
    } catch (err) {
      throw writerFailure(err)
    }
    return length
  }

  async close(): Promise<void> {
    await this.#committing
    if (this.#begun) await this.#commit('')
    this.#stopWatching()
    this.#wal.close()
    this.#record.close()
    await this.core.close()
  }
}

/** Opens the log that this machine writes, or makes a new one with a new key. */
export async function openWriter(storage: string): Promise<WriterLog> {
  const folder = path.join(storage, WRITER_STORAGE)
  const record = openRecord(storage)
  const { key } = record.state ?? {}
  if (key !== undefined && isEmpty(folder)) {
    throw new Failure(`${folder} is gone, and with it the log ${key}: ${MEND_WRITER}`)
  }
  const { core, stopWatching } = await open(
    storage,
    folder,
    MEND_WRITER,
    // nobody but this writer makes its log longer, unless it has lost something
    (at) => new Hypercore(at, { eagerUpgrade: false })
  )
  if (key !== undefined && key !== b4a.toString(core.key, 'hex')) {
    await core.close()
    throw new Failure(`${folder} no longer holds the log ${key} but another one: ${MEND_WRITER}`)
  }
  return new WriterLog(core, record, stopWatching)
}

function openRecord(storage: string): Record {
  const file = path.join(storage, WRITER_RECORD)
  try {
    assertOurs(storage, OURS)
    return new Record(file)
  } catch (err) {
    throw openFailure(err, storage, MEND_WRITER)
  }
}

/**
 * Opens the local copy of the log with `key`. It cannot be written to, except with what the log's
 * writer signed, and does not grow by itself: the feed or plain replication makes it.
 */
export async function openReader(storage: string, key: Uint8Array): Promise<Hypercore> {
  const name = b4a.toString(Hypercore.discoveryKey(key), 'hex')
  const folder = path.join(storage, READER_STORAGE, name)
  const { core, stopWatching } = await open(
    storage,
    folder,
    MEND_READER,
    (at) =>
      new Hypercore(at, key, { writable: false, eagerUpgrade: false, inflightRange: [64, 1024] })
  )
  core.once('close', stopWatching)
  return core
}

/** What keeps a writer's log from being read or written now. */
export function writerFailure(err: unknown): unknown {
  return storageFailure(err, MEND_WRITER)
}

/** What keeps a reader's copy from being read or written now. */
export function readerFailure(err: unknown): unknown {
  return storageFailure(err, MEND_READER)
}

async function open(
  storage: string,
  folder: string,
  mend: string,
  create: (store: unknown) => Hypercore
): Promise<{ core: Hypercore; stopWatching: () => void }> {
  try {
    assertOurs(storage, OURS)
    assertOurs(folder, STORE)
    assertWhole(folder, mend)
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    const store = Hypercore.defaultStorage(folder, {
      writeBufferSize: WRITE_BUFFER,
      // large blocks are not copied to newer files for the sake of the few that a rewind has deleted
      blobGarbageCollectionAgeCutOff: 0
    })
    const core = create(store)
    await core.ready()
    core.once('conflict', () => onconflict(folder))
    return { core, stopWatching: keepPrivate(folder) }
  } catch (err) {
    throw openFailure(err, folder, mend)
  }
}

// Hypercore closes a log that it has proof of: somebody appended to an older copy of the same log
function onconflict(folder: string): void {
  fail(
    new Failure(
      `the writer of ${folder} has signed two different logs with one key, so neither can be trusted: it must start a new one in an empty folder`
    )
  )
}
