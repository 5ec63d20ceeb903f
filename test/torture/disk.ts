import fs from 'bare-fs'
import path from 'bare-path'
import { SST, WAL, scribble, writerDb } from '../helpers/store.ts'
import type { Random } from '../helpers/random.ts'

/** What is left of a write-ahead log at least, in parts of its size. */
const LEAST_LEFT = 0.1

const CHECKPOINT = 'writer-storage.record'

/**
 * Copies what the writer in `storage` has on disk into `folder`, as a snapshot of the whole disk does:
 * the writer must not go on meanwhile.
 */
export function makeBackup(storage: string, folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true })
  fs.mkdirSync(path.join(folder, 'db'), { recursive: true })
  copyFiles(writerDb(storage), path.join(folder, 'db'))
  fs.copyFileSync(path.join(storage, CHECKPOINT), path.join(folder, CHECKPOINT))
}

/**
 * Puts what is in `folder` in the place of what is in `storage`, but for the file that tells whose disk
 * it is: on a disk that was put back as a whole that file is the same.
 */
export function putBack(folder: string, storage: string): void {
  const db = writerDb(storage)
  for (const name of fs.readdirSync(db)) fs.unlinkSync(path.join(db, name))
  copyFiles(path.join(folder, 'db'), db)
  fs.copyFileSync(path.join(folder, CHECKPOINT), path.join(storage, CHECKPOINT))
}

/**
 * Damages the newest write-ahead log of the writer in `storage`, which must not run, where the key is
 * not in that file but in a table already. Returns what was done.
 */
export function damageWal(storage: string, random: Random): string {
  const db = writerDb(storage)
  const names: string[] = fs.readdirSync(db)
  const newest = names
    .filter((name) => WAL.test(name))
    .sort(byNumber)
    .at(-1)
  if (newest === undefined || !names.some((name) => SST.test(name))) return 'nothing to damage'
  const file = path.join(db, newest)
  const { size } = fs.statSync(file)
  const at = LEAST_LEFT + ((1 - LEAST_LEFT) * random.below(1000)) / 1000
  if (random.chance(0.5)) {
    fs.truncateSync(file, Math.floor(size * at))
    return `${newest} is cut to ${Math.floor(size * at)} of ${size} bytes`
  }
  if (size > 0) scribble(file, at)
  return `${newest} is written over at ${Math.floor(size * at)} of ${size} bytes`
}

function byNumber(a: string, b: string): number {
  return parseInt(a) - parseInt(b)
}

function copyFiles(from: string, to: string): void {
  for (const name of fs.readdirSync(from)) {
    fs.copyFileSync(path.join(from, name), path.join(to, name))
  }
}
