import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { Failure } from '../errors.ts'
import { inUse } from './failures.ts'
import { DEVICE_FILE } from './first-start.ts'
import { writtenLog } from './inventory.ts'
import { tryLock } from './lock.ts'
import { copyPlaces, writerPlaces } from './places.ts'

/**
 * Deletes the copy of the log with `key` in `storage`, and the positions of its readers. Throws a Failure
 * where there is none, and where a process reads that log.
 */
export function forgetCopy(storage: string, key: Uint8Array): void {
  const { copy, positions, readers } = copyPlaces(storage, key)
  const there = [copy, positions].filter((folder) => fs.existsSync(folder))
  if (there.length === 0) {
    throw new Failure(
      `there is no copy of ${b4a.toString(key, 'hex')} in ${storage}: --list shows those that there are`
    )
  }
  // The device file comes last: what was locked is deleted, and a store may be in use by an earlier version,
  // which locks nothing else.
  const locks = [readers, ...(fs.existsSync(copy) ? [path.join(copy, DEVICE_FILE)] : [])]
  deleteAll(there, locks, copy)
}

/**
 * Deletes the log that is written in `storage`, with its secret key, if it is the one with `key`. Throws
 * a Failure where it is not, and where a process has it open.
 */
export async function forgetWrittenLog(storage: string, key: Uint8Array): Promise<void> {
  const { folder, record } = writerPlaces(storage)
  const log = await writtenLog(storage)
  if (!b4a.equals(log.key, key)) {
    throw new Failure(
      `${folder} holds the log ${b4a.toString(log.key, 'hex')}: give --forget just this key to delete it for good`
    )
  }
  // without its log a record would keep a new one from being made
  deleteAll([record, folder], [path.join(folder, DEVICE_FILE)], folder)
}

/** Deletes `paths` while no other process has one of `locks`, each of which would work on `what`. */
function deleteAll(paths: string[], locks: string[], what: string): void {
  const unlocks: (() => void)[] = []
  try {
    for (const file of locks) {
      const unlock = tryLock(file)
      if (unlock === null) throw inUse(what)
      unlocks.push(unlock)
    }
    for (const at of paths) fs.rmSync(at, { recursive: true, force: true })
  } finally {
    for (const unlock of unlocks) unlock()
  }
}
