import fs from 'bare-fs'
import path from 'bare-path'
import { Failure, codeOf } from '../errors.ts'
import { damaged } from './failures.ts'

/** Throws unless `folder` is missing, empty, or holds one of `ours`. */
export function assertOurs(folder: string, ours: string[]): void {
  const names = list(folder)
  if (names.length === 0 || names.some((name) => ours.includes(name))) return
  throw new Failure(
    `${folder} holds files that are not ours (${names[0]}): choose an empty folder with --storage`
  )
}

/** Whether `folder` is missing or empty. */
export function isEmpty(folder: string): boolean {
  return list(folder).length === 0
}

/**
 * Throws where the store in `folder` lacks the file that names all its other files: RocksDB would
 * take it for a new one, and delete them (the second time that it is opened).
 */
export function assertWhole(folder: string, repairHint: string): void {
  const names = list(path.join(folder, 'db'))
  if (names.length === 0 || names.includes('CURRENT')) return
  throw damaged(folder, 'db/CURRENT is gone', repairHint)
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch (err) {
    if (codeOf(err) === 'ENOENT') return []
    throw err
  }
}
