import b4a from 'b4a'
import { formatKeys, formatLogs } from '../shared/app/format.ts'
import type { Status } from '../shared/app/status.ts'
import { writeOutput } from '../shared/app/stdout.ts'
import { REPAIR_HINT_WRITER, placeFailure } from '../shared/storage/failures.ts'
import { forgetWrittenLog } from '../shared/storage/forget.ts'
import { writtenLog, writtenLogs } from '../shared/storage/inventory.ts'

interface Errands {
  list: boolean
  key: boolean
  forget: Uint8Array | undefined
  json: boolean
}

/**
 * Does what is asked for in place of writing: shows what is in `storage`, or deletes it. Throws a Failure where it can't.
 */
export async function runErrand(
  storage: string,
  { list, key, forget, json }: Errands,
  status: Status
): Promise<void> {
  try {
    if (list) {
      await writeOutput(formatLogs({ json, cmd: 'writer' }, await writtenLogs(storage)))
    } else if (key) {
      const log = await writtenLog(storage)
      await writeOutput(formatKeys({ json }, log.key, log.encryption))
    } else if (forget !== undefined) {
      await forgetWrittenLog(storage, forget)
      const hex = b4a.toString(forget, 'hex')
      status.info(`deleted the log ${hex} and its secret key: nobody can append to it any more`)
    }
  } catch (err) {
    throw placeFailure(err, storage, REPAIR_HINT_WRITER)
  }
}
