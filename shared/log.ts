import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import Hypercore from 'hypercore'
import { Failure, codeOf, messageOf } from './failure.ts'

/** The folders that the apps keep below a storage folder. */
export const WRITER_STORAGE = 'writer-storage'
export const READER_STORAGE = 'reader-storage'

/** Opens the log that this machine writes, or makes a new one with a new key. */
export function openWriter(storage: string): Promise<Hypercore> {
  return open(storage, path.join(storage, WRITER_STORAGE), (folder) => new Hypercore(folder))
}

/**
 * Opens the local copy of the log with `key`. It cannot be written to, except with what the log's
 * writer signed, and does not grow by itself: the feed or plain replication makes it.
 */
export function openReader(storage: string, key: Uint8Array): Promise<Hypercore> {
  const name = b4a.toString(Hypercore.discoveryKey(key), 'hex')
  const folder = path.join(storage, READER_STORAGE, name)
  return open(
    storage,
    folder,
    (at) =>
      new Hypercore(at, key, { writable: false, eagerUpgrade: false, inflightRange: [64, 1024] })
  )
}

async function open(
  storage: string,
  folder: string,
  create: (folder: string) => Hypercore
): Promise<Hypercore> {
  try {
    assertOurs(storage, [WRITER_STORAGE, READER_STORAGE])
    assertOurs(folder, STORE)
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    const core = create(folder)
    await core.ready()
    return core
  } catch (err) {
    throw explain(err, folder)
  }
}

/** What hypercore-storage keeps at the top of a store; it would move anything else into `db`. */
const STORE = ['CORESTORE', 'db']

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

/** What became of a log that could not be written to any more. */
export function storageFailure(err: unknown): unknown {
  if (!FULL.test(messageOf(err))) return err
  return new Failure(
    'the disk is full: free some space and start again; everything acknowledged is kept'
  )
}

const FULL = /no space left|disk quota exceeded|ENOSPC|EDQUOT/i

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
  return err
}

const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG'])
