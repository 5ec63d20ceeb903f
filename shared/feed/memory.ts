import type { Hypercore } from 'hypercore'
import { LengthHistory } from './length-history.ts'
import { RecentBatches } from './recent-batches.ts'
import { SignedLengths } from './signed-lengths.ts'

/** What is remembered of a log that is served, beside what its store holds. */
export interface LogMemory {
  readonly signedLengths: SignedLengths
  readonly recent: RecentBatches
  readonly history: LengthHistory
}

export function rememberLog(core: Hypercore): LogMemory {
  return {
    signedLengths: new SignedLengths(core),
    recent: new RecentBatches(core),
    history: new LengthHistory()
  }
}
