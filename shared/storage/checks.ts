import fs from 'bare-fs'
import path from 'bare-path'
import { Failure, causeOf, codeOf, messageOf } from '../errors.ts'

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
export function assertWhole(folder: string, mend: string): void {
  const names = list(path.join(folder, 'db'))
  if (names.length === 0 || names.includes('CURRENT')) return
  throw damaged(folder, 'db/CURRENT is gone', mend)
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

/** Codes of what RocksDB calls corruption, and of a file that is gone. */
const DAMAGED = new Set(['EIO', 'ENOENT'])

/** What keeps the store in `folder` from being opened; `mend` says what to do where it is damaged. */
export function openFailure(err: unknown, folder: string, mend: string): unknown {
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
  if (DAMAGED.has(code)) return damaged(folder, message, mend)
  return storageFailure(err, mend)
}

/** What keeps a store that could be opened from being read or written now. */
export function storageFailure(err: unknown, mend: string): unknown {
  const cause = causeOf(err)
  const message = messageOf(cause)
  const code = codeOf(cause)
  if (FULL.test(message) || FULL.test(code)) {
    return new Failure(
      'the disk is full: free some space and start again; everything acknowledged is kept'
    )
  }
  return DAMAGED.has(code) ? damaged('the log', message, mend) : err
}

function damaged(what: string, how: string, mend: string): Failure {
  return new Failure(`${what} is damaged (${how.replace(/\s+/g, ' ').trim()}): ${mend}`)
}
