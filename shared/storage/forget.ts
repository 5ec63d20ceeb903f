import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { Failure, unlessMissing } from '../errors.ts'
import { Checkpoint } from './checkpoint.ts'
import { writtenLog, writtenLogs } from './inventory.ts'
import { takeLock } from './lock.ts'
import { DATABASE, DEVICE_FILE, copyPlaces, writerPlaces } from './places.ts'

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
  deleteStore(copy, { paths: there, locks: [readers] })
}

/**
 * Deletes the log that is written in `storage`, with its secret key, if it is the one with `key`. Throws
 * a Failure where it is not, and where a process has it open.
 */
export async function forgetWrittenLog(storage: string, key: Uint8Array): Promise<void> {
  const { folder, record } = writerPlaces(storage)
  const here = await writtenKey(storage)
  if (here !== b4a.toString(key, 'hex')) {
    throw new Failure(
      `${folder} holds the log ${here}: give --forget just this key to delete it for good`
    )
  }
  // the record comes last: by its key what a kill has left of the log is deleted too
  deleteStore(folder, { paths: [folder, record], locks: [] })
}

/** The key of the log that is written in `storage`; where that cannot be read, what its record says. */
async function writtenKey(storage: string): Promise<string> {
  const [log] = await writtenLogs(storage)
  return (
    (log?.key ? null : recordedKey(storage)) ?? b4a.toString((await writtenLog(storage)).key, 'hex')
  )
}

function recordedKey(storage: string): string | null {
  const checkpoint = new Checkpoint(writerPlaces(storage).record)
  checkpoint.close()
  return checkpoint.state?.key ?? null
}

/**
 * Deletes `paths`, the store in `folder` among them, while no other process has that open or has one of
 * `locks`.
 */
function deleteStore(folder: string, { paths, locks }: { paths: string[]; locks: string[] }): void {
  // what is behind a link would stay, and the secret key with it
  for (const at of [...paths, path.join(folder, DATABASE)]) {
    if (!isLink(at)) continue
    throw new Failure(`${at} is a link to another place: delete that, and then the link, by hand`)
  }
  // the device file comes last: what was locked is deleted, and the store may be in use
  const all = fs.existsSync(folder) ? [...locks, path.join(folder, DEVICE_FILE)] : locks
  const unlocks: (() => void)[] = []
  try {
    for (const file of all) unlocks.push(takeLock(file, folder))
    for (const at of paths) fs.rmSync(at, { recursive: true, force: true })
  } finally {
    for (const unlock of unlocks) unlock()
  }
}

function isLink(at: string): boolean {
  return unlessMissing(() => fs.lstatSync(at).isSymbolicLink(), false)
}
