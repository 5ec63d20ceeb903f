// Checked with hypercore 11.37.1, hypercore-storage 3.3.1 and rocksdb-native 3.18.1.
import { codeOf, messageOf } from '../errors.ts'

/** Codes of data that was signed or hashed otherwise: no mishap between honest peers brings them about. */
const FORGED = new Set(['INVALID_SIGNATURE', 'INVALID_CHECKSUM'])
/** Codes of data that does not fit the log as it is; a log that was truncated meanwhile can do that. */
const UNFITTING = new Set(['INVALID_PROOF', 'INVALID_OPERATION', 'BAD_ARGUMENT'])

/** Whether Hypercore itself threw `err`, and not the system or the store. The name is undocumented. */
export function isHypercoreError(err: unknown): err is Error {
  return err instanceof Error && err.name === 'HypercoreError'
}

/** Whether `err` says that data was forged. The codes are those of the package hypercore-errors. */
export function isForgery(err: unknown): boolean {
  return isHypercoreError(err) && FORGED.has(codeOf(err))
}

/** Whether `err` says that data was not what the writer signed, or not for this log as it is. */
export function isInvalidData(err: unknown): boolean {
  return isForgery(err) || (isHypercoreError(err) && UNFITTING.has(codeOf(err)))
}

/** Whether another process has opened the store. The text is all that the package fd-lock gives. */
export function isLockedStore(err: unknown): boolean {
  return messageOf(err).includes('could not be locked')
}

/** Whether the store was made in another place than where it is; the text is all that the package device-file gives. */
export function isMovedStore(err: unknown): boolean {
  return messageOf(err).startsWith('Invalid device file')
}

/** Whether the disk takes no more: RocksDB has the text of the system, and no code of it. */
export function isFullDisk(err: unknown): boolean {
  return FULL.test(messageOf(err)) || FULL.test(codeOf(err))
}

const FULL = /no space left|disk quota exceeded|ENOSPC|EDQUOT/i

/** Whether RocksDB calls the store corrupt, or lacks a file of it. */
export function isDamagedStore(err: unknown): boolean {
  const code = codeOf(err)
  return code === 'EIO' || code === 'ENOENT'
}
