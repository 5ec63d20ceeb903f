import b4a from 'b4a'
import { formatLogs } from '../shared/app/format.ts'
import type { Status } from '../shared/app/status.ts'
import { writeOutput } from '../shared/app/stdout.ts'
import { REPAIR_HINT_READER, placeFailure } from '../shared/storage/failures.ts'
import { forgetCopy } from '../shared/storage/forget.ts'
import { copiedLogs } from '../shared/storage/inventory.ts'

interface Errands {
  list: boolean
  forget: Uint8Array | undefined
  json: boolean
}

/**
 * Does what is asked for in place of reading: shows the copies in `storage`, or deletes one. Throws a Failure where it can't.
 */
export async function runErrand(
  storage: string,
  { list, forget, json }: Errands,
  status: Status
): Promise<void> {
  try {
    if (list) {
      await writeOutput(formatLogs({ json, cmd: 'reader' }, await copiedLogs(storage)))
    } else if (forget !== undefined) {
      forgetCopy(storage, forget)
      status.info(`deleted the copy of ${b4a.toString(forget, 'hex')}`)
    }
  } catch (err) {
    throw placeFailure(err, storage, REPAIR_HINT_READER)
  }
}
