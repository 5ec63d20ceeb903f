import type { Hypercore } from 'hypercore'
import type { Keeping } from './keeping.ts'
import { LengthHistory } from './length-history.ts'
import { ReaderKeeping } from './reader-keeping.ts'
import { RecentBatches } from './recent-batches.ts'
import { SignedLengths } from './signed-lengths.ts'
import { WriterKeeping } from './writer-keeping.ts'

/** What is remembered of a log that is served, beside what its store holds. */
export interface LogMemory {
  readonly signedLengths: SignedLengths
  readonly recent: RecentBatches
  readonly history: LengthHistory
  readonly keeping: Keeping
}

/** The memory of `core`, which this process has opened just now; without `keeping`, everything is kept. */
export function rememberLog(
  core: Hypercore,
  keeping: Keeping = new (core.writable ? WriterKeeping : ReaderKeeping)(core, null)
): LogMemory {
  return {
    signedLengths: new SignedLengths(core),
    recent: new RecentBatches(core),
    history: new LengthHistory(),
    keeping
  }
}
