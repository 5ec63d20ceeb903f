import fs from 'bare-fs'
import path from 'bare-path'
import { writerDb } from './store.ts'

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
 * it is: on a disk that was put back as a whole that file is the same, and on the disk of another
 * machine, where it is missing, it is made anew.
 */
export function putBack(folder: string, storage: string): void {
  const db = writerDb(storage)
  fs.mkdirSync(db, { recursive: true })
  for (const name of fs.readdirSync(db)) fs.unlinkSync(path.join(db, name))
  copyFiles(path.join(folder, 'db'), db)
  fs.copyFileSync(path.join(folder, CHECKPOINT), path.join(storage, CHECKPOINT))
}

function copyFiles(from: string, to: string): void {
  for (const name of fs.readdirSync(from)) {
    fs.copyFileSync(path.join(from, name), path.join(to, name))
  }
}
