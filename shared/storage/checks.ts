import fs from 'bare-fs'
import path from 'bare-path'
import { Failure, unlessMissing } from '../errors.ts'
import { damaged } from './failures.ts'
import { DATABASE } from './places.ts'

/** Throws unless `folder` is missing, empty, or holds one of `ours`. */
export function assertOurs(folder: string, ours: string[]): void {
  const names = listOf(folder)
  if (names.length === 0 || names.some((name) => ours.includes(name))) return
  throw new Failure(
    `${folder} holds files that are not ours (${names[0]}): choose an empty folder with --storage`
  )
}

/**
 * Throws where the store in `folder` lacks the file that names all its other files: RocksDB would
 * take it for a new one, and delete them (the second time that it is opened).
 */
export function assertWhole(folder: string, repairHint: string): void {
  const names = listOf(path.join(folder, DATABASE))
  if (names.length === 0 || names.includes('CURRENT')) return
  throw damaged(folder, 'db/CURRENT is gone', repairHint)
}

/** The names in `folder`, of which there are none where it is missing. */
export function listOf(folder: string): string[] {
  return unlessMissing(() => fs.readdirSync(folder), [])
}
