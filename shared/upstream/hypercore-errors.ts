// The codes of HypercoreError (hypercore-errors 1.5) by which Hypercore 11.37 blames data that it was
// given. The codes are not documented; an upgrade that renames one makes a forger look like a fault
// of this machine.
import { codeOf } from '../errors.ts'

/** No mishap between honest peers brings these about. */
const FORGED = ['INVALID_SIGNATURE', 'INVALID_CHECKSUM']

/** In plain replication, honest peers can meet these while a log is truncated. */
const INVALID = ['INVALID_PROOF', 'INVALID_OPERATION', 'BAD_ARGUMENT']

/** Whether `err` says that data was forged, whenever and however it came. */
export function isForgery(err: unknown): boolean {
  return FORGED.includes(codeOf(err))
}

/** Whether `err` says that data is not what the writer signed, where the log has not changed meanwhile. */
export function isInvalidData(err: unknown): boolean {
  return isForgery(err) || INVALID.includes(codeOf(err))
}

/** Whether Hypercore itself has made `err`, rather than the disk or a decoder below it. */
export function isHypercoreError(err: unknown): boolean {
  return err instanceof Error && err.name === 'HypercoreError'
}
