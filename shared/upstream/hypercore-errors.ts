// Checked with hypercore 11.37.1, whose errors have the codes of hypercore-errors 1.5, fd-lock 2.2 and
// device-file 2.3. None is documented; an upgrade that renames one makes a forger look like a fault of
// this machine, and a folder in use like a bug.
import { codeOf, messageOf } from '../errors.ts'

/** While a log stays as it is, no mishap between honest peers brings these about. */
const FORGED = ['INVALID_SIGNATURE', 'INVALID_CHECKSUM']

/** In plain replication, honest peers can meet these while a log is truncated. */
const INVALID = ['INVALID_PROOF', 'INVALID_OPERATION', 'BAD_ARGUMENT']

/** Whether `err` says that data was forged, where the log was not truncated meanwhile. */
export function isForgery(err: unknown): boolean {
  return FORGED.includes(codeOf(err))
}

/** Whether `err` says that data is not what the writer signed, where the log has not changed meanwhile. */
export function isInvalidData(err: unknown): boolean {
  return isForgery(err) || INVALID.includes(codeOf(err))
}

/** Whether `err` may come of a message of an honest peer, where the log was truncated while it was dealt with. */
export function isMishap(err: unknown): boolean {
  return isHypercoreError(err) && INVALID.includes(codeOf(err))
}

/** Whether Hypercore itself has made `err`, rather than the disk or a decoder below it. */
export function isHypercoreError(err: unknown): boolean {
  return err instanceof Error && err.name === 'HypercoreError'
}

/** Whether another process has opened the store. The text is all that fd-lock gives. */
export function isLockedStore(err: unknown): boolean {
  return messageOf(err).includes('could not be locked')
}

/** Whether the store was made in another place than where it is. The text is all that device-file gives. */
export function isMovedStore(err: unknown): boolean {
  return messageOf(err).startsWith('Invalid device file')
}
