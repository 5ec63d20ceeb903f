import { now } from '../limits/clock.ts'
import { Failure } from '../errors.ts'
import type { WriterLog } from '../storage/writer-log.ts'

/** A writer waits this long for readers that hold what it lost. */
const RECOVERY_TIMEOUT_MS = 30_000
const RETRY_DELAY_MS = 100

/**
 * Brings back the end of our own log, which once was longer, from readers that hold it: what they
 * send counts only with our own signature. Throws a Failure where none sends it in time.
 */
export async function recoverFromReaders(log: WriterLog): Promise<void> {
  const { core } = log
  const deadline = now() + RECOVERY_TIMEOUT_MS
  while (log.hasLostBlocks && now() < deadline && core.readable) {
    await within(core.update({ force: true, wait: true }), deadline - now())
    const range = core.download({ start: log.length, end: core.length, linear: true })
    await within(range.done(), deadline - now())
    range.destroy()
    await new Promise<void>((resolve) => setTimeout(resolve, RETRY_DELAY_MS))
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
