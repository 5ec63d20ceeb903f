import { Failure } from '../errors.ts'
import { now } from '../limits/clock.ts'
import type { WriterLog } from '../storage/writer-log.ts'

/** Readers that hold what a writer lost are waited for this long. */
const RECOVERY_TIMEOUT_MS = 30_000
const POLL_MS = 100

/**
 * Brings back the end of our own log, which once was longer, from peers that hold it: what they send
 * counts only with our own signature. Throws a Failure where none does in time.
 */
export async function recoverFromReaders(log: WriterLog): Promise<void> {
  const { core } = log
  const deadline = now() + RECOVERY_TIMEOUT_MS
  while (log.hasLostBlocks && now() < deadline && !core.closing) {
    await within(core.update({ force: true, wait: true }), deadline - now())
    const range = core.download({ start: log.length, end: core.length, linear: true })
    await within(range.done(), deadline - now())
    range.destroy()
    await new Promise<void>((resolve) => setTimeout(resolve, POLL_MS))
  }
  if (!log.hasLostBlocks) return
  throw new Failure(
    `the log has lost its end: it came back with ${log.length} blocks of ${log.knownLength}, and no reader gave the rest back; start a reader that holds them and try again, or go on from the shorter log with --accept-loss`
  )
}

function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), ms)
    promise.then(() => resolve(true), reject).finally(() => clearTimeout(timer))
  })
}
