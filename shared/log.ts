import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import Hypercore from 'hypercore'
import { Failure, codeOf, messageOf } from './failure.ts'
import { fail } from './host.ts'
import { keepPrivate } from './private.ts'
import { type LogState, Record } from './record.ts'
import { WriteAheadLog } from './wal.ts'

/** What the apps keep below a storage folder. */
const WRITER_STORAGE = 'writer-storage'
const WRITER_RECORD = 'writer-storage.record'
const READER_STORAGE = 'reader-storage'
const OURS = [WRITER_STORAGE, WRITER_RECORD, READER_STORAGE]
/** What hypercore-storage keeps in a store; it would move anything else into `db`. */
const STORE = ['CORESTORE', 'db']

/** The log that this machine writes, on disk. */
export class WriterLog {
  readonly core: Hypercore
  /** The length that the log is known to have had: longer than `core` where blocks were lost. */
  readonly knownLength: number
  readonly #record: Record
  readonly #wal: WriteAheadLog
  readonly #stopWatching: () => void
  #committing: Promise<unknown> = Promise.resolve()

  constructor(core: Hypercore, record: Record, stopWatching: () => void) {
    this.core = core
    this.knownLength = record.state?.length ?? 0
    this.#record = record
    this.#wal = new WriteAheadLog(core)
    this.#stopWatching = stopWatching
  }

  /** Appends `blocks`: they survive the end of this process once this resolves. */
  async append(blocks: Uint8Array[]): Promise<void> {
    try {
      await this.core.append(blocks)
    } catch (err) {
      throw storageFailure(err)
    }
  }

  /** Resolves to the length that the log has now, once a power cut could not shorten it. */
  commit(): Promise<number> {
    const committed = this.#commit()
    this.#committing = committed.catch(() => {})
    return committed
  }

  async #commit(): Promise<number> {
    const state = stateOf(this.core)
    try {
      await this.#wal.sync()
      await this.#record.save(state)
    } catch (err) {
      throw storageFailure(err)
    }
    return state.length
  }

  /** Goes on from the log as it is, though it was longer: readers rewind to it, as on a truncation. */
  async acceptLoss(): Promise<void> {
    await this.core.truncate(
      this.core.length,
      Math.max(this.core.fork, this.#record.state?.fork ?? 0) + 1
    )
    await this.commit()
  }

  async close(): Promise<void> {
    await this.#committing
    if (this.core.length > (this.#record.state?.length ?? 0)) await this.commit()
    this.#stopWatching()
    this.#wal.close()
    this.#record.close()
    await this.core.close()
  }
}

function stateOf(core: Hypercore): LogState {
  return { key: b4a.toString(core.key, 'hex'), fork: core.fork, length: core.length }
}

/** Opens the log that this machine writes, or makes a new one with a new key. */
export async function openWriter(storage: string): Promise<WriterLog> {
  const folder = path.join(storage, WRITER_STORAGE)
  const { core, stopWatching } = await open(storage, folder, (at) => new Hypercore(at))
  try {
    const record = new Record(path.join(storage, WRITER_RECORD))
    if (record.state && record.state.key !== b4a.toString(core.key, 'hex')) {
      throw new Failure(
        `${folder} no longer holds the log ${record.state.key} but another one: put its files back from a backup, or start a new log in another folder with --storage`
      )
    }
    const log = new WriterLog(core, record, stopWatching)
    if (record.state === null) await log.commit()
    return log
  } catch (err) {
    await core.close()
    throw explain(err, folder)
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
    (at) =>
      new Hypercore(at, key, { writable: false, eagerUpgrade: false, inflightRange: [64, 1024] })
  )
  core.once('close', stopWatching)
  return core
}

async function open(
  storage: string,
  folder: string,
  create: (folder: string) => Hypercore
): Promise<{ core: Hypercore; stopWatching: () => void }> {
  try {
    assertOurs(storage, OURS)
    assertOurs(folder, STORE)
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    const core = create(folder)
    await core.ready()
    core.once('conflict', () => onconflict(folder))
    return { core, stopWatching: keepPrivate(folder) }
  } catch (err) {
    throw explain(err, folder)
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

/** Throws unless `folder` is missing, empty, or holds one of `ours`. */
function assertOurs(folder: string, ours: string[]): void {
  const names = list(folder)
  if (names.length === 0 || names.some((name) => ours.includes(name))) return
  throw new Failure(
    `${folder} holds files that are not ours (${names[0]}): choose an empty folder with --storage`
  )
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch (err) {
    if (codeOf(err) === 'ENOENT') return []
    throw err
  }
}

const FULL = /no space left|disk quota exceeded|ENOSPC|EDQUOT/i
const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG'])

/** What became of a log that could not be written to any more. */
export function storageFailure(err: unknown): unknown {
  if (!FULL.test(messageOf(err)) && !FULL.test(codeOf(err))) return err
  return new Failure(
    'the disk is full: free some space and start again; everything acknowledged is kept'
  )
}

function explain(err: unknown, folder: string): unknown {
  if (err instanceof Failure) return err
  const message = messageOf(err)
  const code = codeOf(err)
  if (message.includes('could not be locked')) {
    return new Failure(
      `${folder} is in use by another process: stop that one, or choose another folder with --storage`
    )
  }
  if (UNWRITABLE.has(code)) {
    return new Failure(
      `${folder} cannot be written (${code}): choose a folder that is yours with --storage`
    )
  }
  if (message.startsWith('Invalid device file')) {
    return new Failure(
      `${folder} was copied or moved from elsewhere: a log has one writer and one place, so move it back or choose an empty folder with --storage`
    )
  }
  return storageFailure(err)
}
