import fs from 'bare-fs'
import path from 'bare-path'
import { listOf } from './checks.ts'
import { takeLock } from './lock.ts'
import { DATABASE, DEVICE_FILE } from './places.ts'
import { makeFolder, syncFolder, syncTree } from './sync.ts'

/** Where a store is made, and what keeps a second process from making it too; both in its folder. */
const DRAFT = 'unfinished'
const DRAFT_LOCK = 'unfinished.lock'

/** What is in the folder of a store, finished or not: hypercore-storage would move anything else into `db`. */
export const STORE = [DEVICE_FILE, DATABASE, DRAFT, DRAFT_LOCK]

/** All that RocksDB writes before the first CURRENT: none of it holds data. */
const BEFORE_CURRENT = [
  'LOG',
  'LOCK',
  'IDENTITY',
  '000000.dbtmp',
  'MANIFEST-000001',
  '000001.dbtmp'
]

/**
 * Whether no store was ever finished in `folder`: it is missing, or holds nothing but a draft, or the
 * beginning of a store of an earlier version, which made it in its place. Whatever holds data, and
 * whatever was finished and damaged since, is no such folder.
 */
export function isUnfinished(folder: string): boolean {
  return (
    listOf(folder).every((name) => STORE.includes(name)) &&
    listOf(path.join(folder, DATABASE)).every((name) => BEFORE_CURRENT.includes(name))
  )
}

/**
 * Makes a store in `folder` with `make`, unless there is one. `make` gets an empty folder, and has
 * closed the store in it once it resolves. That folder takes its place only when all of it is on the
 * disk, so whenever this is cut off, by a kill, a full disk or a power cut, the next start makes the
 * store anew; and what is deleted then was never in its place, so it was never used.
 */
export async function makeOnce(
  folder: string,
  make: (draft: string) => Promise<void>
): Promise<void> {
  const isCutOff = listOf(folder).includes(DRAFT_LOCK)
  if (!isCutOff && !isUnfinished(folder)) return
  makeFolder(folder)
  const unlock = takeLock(path.join(folder, DRAFT_LOCK), folder)
  const draft = path.join(folder, DRAFT)
  try {
    fs.rmSync(draft, { recursive: true, force: true })
    // the start that was cut off, or another process meanwhile, may have finished it
    if (!isUnfinished(folder)) return
    removeBeginning(folder)
    fs.mkdirSync(draft, 0o700)
    await make(draft)
    syncTree(draft)
    // a store without its device file is given a new one, but not all at once
    fs.renameSync(path.join(draft, DEVICE_FILE), path.join(folder, DEVICE_FILE))
    fs.renameSync(path.join(draft, DATABASE), path.join(folder, DATABASE))
    fs.rmdirSync(draft)
    syncFolder(folder)
  } finally {
    unlock()
  }
}

// no more than what isUnfinished names: a folder with anything else in it cannot be removed
function removeBeginning(folder: string): void {
  const database = path.join(folder, DATABASE)
  for (const name of listOf(database)) {
    if (BEFORE_CURRENT.includes(name)) fs.unlinkSync(path.join(database, name))
  }
  const names = listOf(folder)
  if (names.includes(DATABASE)) fs.rmdirSync(database)
  if (names.includes(DEVICE_FILE)) fs.unlinkSync(path.join(folder, DEVICE_FILE))
}
