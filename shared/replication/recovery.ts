import type { Peer } from 'hypercore'
import { Failure } from '../errors.ts'
import { after, now, within } from '../limits/clock.ts'
import type { WriterLog } from '../storage/writer-log.ts'
import { endOfRun } from '../upstream/hypercore-trim.ts'
import { detectStalls } from './stall-detector.ts'

/** A writer waits this long for readers that hold what it lost. */
const RECOVERY_TIMEOUT_MS = 30_000
const RETRY_DELAY_MS = 100
/** A peer that claims blocks has this long to send something, so that many can be asked in that time. */
const SILENCE_MS = 2000

/** What the search for what was lost tells. */
interface RecoveryEvents {
  /** A peer claims to hold what was lost, and sends nothing. */
  onstall(peer: Peer): void
  /** The log can't be written. */
  onerror(err: unknown): void
}

/**
 * Brings back the end of our own log, which once was longer, from readers that hold it: what they
 * send counts only with our own signature. Before block `letGo()` nothing is missed. Throws a Failure where
 * none sends it in time.
 */
export async function recoverFromReaders(
  log: WriterLog,
  letGo: () => number,
  events: RecoveryEvents
): Promise<void> {
  const { core } = log
  const stopDetecting = detectStalls(core, { timeout: SILENCE_MS, waiting: () => true, ...events })
  const deadline = now() + RECOVERY_TIMEOUT_MS
  try {
    while (log.hasLostBlocks && now() < deadline && core.readable) {
      await within(core.update({ force: true, wait: true }), deadline - now())
      const known = letGo()
      const start = Math.max(log.length, known)
      if (start < core.length) {
        const range = core.download({ start, end: core.length, linear: true })
        const done = range.done()
        // a peer may tell so only now, and no peer has what comes before
        while (letGo() === known && now() < deadline) {
          if ((await within(done, RETRY_DELAY_MS)) !== null) break
        }
        range.destroy()
      }
      const hasEnd = core.length >= log.knownLength && endOfRun(core, start) === core.length
      // no earlier: should the end not come, what is here is all there is
      if (hasEnd && log.length < start) await log.retention.skipTo(start)
      await after(RETRY_DELAY_MS)
    }
  } finally {
    stopDetecting()
  }
  if (!log.hasLostBlocks) return
  throw new Failure(
    `the log has lost its end: it came back with ${log.length} blocks of ${log.knownLength}, and no reader gave the rest back; start a reader that holds them and try again, or go on from the shorter log with --accept-loss`
  )
}
