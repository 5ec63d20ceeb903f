import fs from 'bare-fs'
import path from 'bare-path'
import Hypercore from 'hypercore'
import { Failure, unlessMissing } from '../errors.ts'
import { readOnlyStorage } from '../upstream/hypercore-store.ts'
import { listOf } from './checks.ts'
import { isUnfinished } from './first-start.ts'
import { isLocked } from './lock.ts'
import { DEVICE_FILE, READER_STORAGE, writerPlaces } from './places.ts'
import { writerEncryption } from './private-log.ts'

/** A log on this machine, as it is at this moment. */
export interface StoredLog {
  /** null where the store cannot be read. */
  key: Uint8Array | null
  /** What the blocks of a log that is written here are encrypted with; null for every other one. */
  encryption: Uint8Array | null
  /** How many blocks the log is known to have. A copy need not hold all of them. */
  blocks: number
  /** What it takes on the disk, in bytes. */
  bytes: number
  /** When it was last opened or written to. */
  used: Date
  /** Whether a process has it open. */
  running: boolean
  folder: string
}

/** A store may be merged at just this moment by the process that has it open. */
const ATTEMPTS = 3

/** The log that is written in `storage`, if there is one. */
export function writtenLogs(storage: string): Promise<StoredLog[]> {
  return storedLogs([writerPlaces(storage).folder])
}

/** The log that is written in `storage`. Throws a Failure where there is none, or it cannot be read. */
export async function writtenLog(storage: string): Promise<StoredLog & { key: Uint8Array }> {
  const [log] = await writtenLogs(storage)
  if (log === undefined) {
    throw new Failure(`there is no log in ${storage} yet: the first start makes one`)
  }
  const { key } = log
  if (key === null) throw new Failure(`${log.folder} cannot be read: start the app to learn why`)
  return { ...log, key }
}

/** The copies of logs in `storage` that readers have made; what was used last comes first. */
export function copiedLogs(storage: string): Promise<StoredLog[]> {
  const all = path.join(storage, READER_STORAGE)
  const names = listOf(all).filter((name) => /^[\da-f]{64}$/.test(name))
  return storedLogs(names.map((name) => path.join(all, name)))
}

async function storedLogs(folders: string[]): Promise<StoredLog[]> {
  const logs: StoredLog[] = []
  for (const folder of folders) {
    if (isUnfinished(folder)) continue
    const { key, encryption, blocks } = (await look(folder)) ?? UNREADABLE
    const { bytes, used } = measure(folder)
    const running = isLocked(path.join(folder, DEVICE_FILE))
    logs.push({ key, encryption, blocks, bytes, used, running, folder })
  }
  return logs.sort((a, b) => b.used.getTime() - a.used.getTime())
}

type Contents = Pick<StoredLog, 'key' | 'encryption' | 'blocks'>

const UNREADABLE: Contents = { key: null, encryption: null, blocks: 0 }

// whatever keeps it from being opened, what it takes can be told
function look(folder: string): Promise<Contents | null> {
  const contents = (core: Hypercore): Contents => {
    return { key: core.key, encryption: writerEncryption(core), blocks: core.length }
  }
  return readStore(folder, contents).catch(() => null)
}

/** What `read` reads of the store in `folder`, which another process may have open. */
export async function readStore<T>(
  folder: string,
  read: (core: Hypercore) => T | Promise<T>
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const core = new Hypercore(readOnlyStorage(folder))
    try {
      await core.ready()
      return await read(core)
    } catch (err) {
      if (attempt === ATTEMPTS) throw err
    } finally {
      await core.close().catch(() => {})
    }
  }
}

/** What `folder` takes on the disk, and when something in it was changed last. */
function measure(folder: string): { bytes: number; used: Date } {
  let bytes = 0
  let used = new Date(0)
  for (const name of listOf(folder)) {
    const at = path.join(folder, name)
    const stat = statOf(at)
    if (stat === null) continue
    const below = stat.isDirectory()
      ? measure(at)
      : // RocksDB asks for room before it writes, and gives it back when it is closed
        { bytes: stat.blocks * 512 || stat.size, used: stat.mtime }
    bytes += below.bytes
    if (below.used > used) used = below.used
  }
  return { bytes, used }
}

// a file that is deleted meanwhile takes nothing
function statOf(at: string): fs.Stats | null {
  return unlessMissing(() => fs.statSync(at), null)
}
