import path from 'bare-path'
import { Failure, causeOf, codeOf, diskFault, messageOf } from '../errors.ts'
import { isLockedStore, isMovedStore } from '../upstream/hypercore-errors.ts'
import { DEVICE_FILE } from './places.ts'

/** What to do where a writer's log is damaged. */
export const REPAIR_HINT_WRITER =
  'put its files back from a backup, and start it while a reader runs that holds what came after, or start a new log in an empty folder with --storage'
/** What to do where a reader's copy is damaged. */
export const REPAIR_HINT_READER = 'delete it and start again: its blocks come back from other peers'

const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG'])

/**
 * What keeps the store in `folder` from being opened, as a Failure where a person can mend it;
 * `repairHint` says what to do where it is damaged.
 */
export function openFailure(err: unknown, folder: string, repairHint: string): unknown {
  if (err instanceof Failure) return err
  const code = codeOf(err)
  if (isLockedStore(err)) return inUse(folder)
  if (UNWRITABLE.has(code)) return unwritable(folder, code)
  if (isMovedStore(err)) {
    const mark = path.join(folder, DEVICE_FILE)
    return new Failure(
      `${folder} was copied or moved from elsewhere: a log has one writer and one place, so move it back, choose an empty folder with --storage, or, where it is gone from there for good, delete ${mark}`
    )
  }
  if (diskFault(err) === 'damaged') return damaged(folder, messageOf(causeOf(err)), repairHint)
  return storageFailure(err, repairHint)
}

/**
 * What keeps `folder` from being looked into, or a new store from being made in it, as `openFailure`
 * has it; but what is missing then is a folder that cannot be made, and no file of a store.
 */
export function placeFailure(err: unknown, folder: string, repairHint: string): unknown {
  const code = codeOf(err)
  if (err instanceof Failure || code === '' || code === 'EIO' || diskFault(err) === 'full') {
    return openFailure(err, folder, repairHint)
  }
  return unwritable(folder, code)
}

/** Another process that runs now works on what is to be opened. */
export class InUse extends Failure {}

/** `folder` belongs to another process that runs now. */
export function inUse(folder: string): InUse {
  return new InUse(
    `${folder} is in use by another process: stop that one, or choose another folder with --storage`
  )
}

function unwritable(folder: string, code: string): Failure {
  return new Failure(
    `${folder} cannot be written (${code}): choose a folder that is yours with --storage`
  )
}

/** What keeps a writer's log from being read or written now, as a Failure where a person can mend it. */
export function writerFailure(err: unknown): unknown {
  return storageFailure(err, REPAIR_HINT_WRITER)
}

/** What keeps a reader's copy from being read or written now, as a Failure where a person can mend it. */
export function readerFailure(err: unknown): unknown {
  return storageFailure(err, REPAIR_HINT_READER)
}

function storageFailure(err: unknown, repairHint: string): unknown {
  if (err instanceof Failure) return err
  switch (diskFault(err)) {
    case 'full':
      return new Failure(
        'the disk is full: free some space and start again; everything acknowledged is kept'
      )
    case 'damaged':
      return damaged('the log', messageOf(causeOf(err)), repairHint)
    default:
      return err
  }
}

/** `what` is damaged: `how` in the words of the error, and what to do. */
export function damaged(what: string, how: string, repairHint: string): Failure {
  return new Failure(`${what} is damaged (${how.replace(/\s+/g, ' ').trim()}): ${repairHint}`)
}
