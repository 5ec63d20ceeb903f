import type { Hypercore } from 'hypercore'
import { Failure } from './failure.ts'

/** Readers that hold what a writer lost are waited for this long. */
const PATIENCE_MS = 30_000
const POLL_MS = 100

/**
 * Brings back the end of our own log, which once had `length` blocks, from peers that hold it: what
 * they send counts only with our own signature. Throws a Failure where none does in time.
 */
export async function restore(core: Hypercore, length: number): Promise<void> {
  const start = core.length
  const deadline = Date.now() + PATIENCE_MS
  while (core.length < length && Date.now() < deadline && !core.closing) {
    await core.update({ force: true, wait: true })
    await new Promise<void>((resolve) => setTimeout(resolve, POLL_MS))
  }
  const left = Math.max(0, deadline - Date.now())
  const range = core.download({ start, end: core.length, linear: true })
  const held = core.length >= length && (await within(range.done(), left))
  range.destroy()
  if (held) return
  throw new Failure(
    `the log has lost its end: it came back with ${core.contiguousLength} blocks of ${length}, and no reader gave the rest back; start a reader that holds them and try again, or go on from the shorter log with --accept-loss`
  )
}

function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), ms)
    promise.then(() => resolve(true), reject).finally(() => clearTimeout(timer))
  })
}
