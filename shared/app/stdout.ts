import type { Writable } from 'bare-stream'
import process from 'bare-process'
import { DONE, Failure, codeOf } from '../errors.ts'
import { fail, stop } from './lifecycle.ts'

/** Whether stdout is a terminal rather than a pipe or a file. */
export function onTerminal(): boolean {
  return 'isTTY' in process.stdout && process.stdout.isTTY === true
}

/** Codes of an stdout that its reader has closed, as in `| head -1`. */
const CLOSED = new Set(['EPIPE', 'ECONNRESET', 'EOF'])

/** Stops the app where stdout takes no more: done where it was closed, an error where it is broken. */
export function watchOutput(): void {
  process.stdout.once('error', (err) => {
    const code = codeOf(err)
    if (CLOSED.has(code)) return void stop(DONE)
    fail(new Failure(`standard output cannot be written (${code}): make room, or write elsewhere`))
  })
}

/**
 * Writes to stdout; resolves once the system has taken it all, so that a stalled consumer stalls the
 * caller. Never resolves where stdout takes no more: the app is about to stop.
 */
export function writeOutput(data: Uint8Array | string): Promise<void> {
  const stdout: Writable = process.stdout
  return new Promise((resolve) => {
    stdout.write(data, () => {
      // it is told so too where the write has failed
      if (!stdout.destroying) resolve()
    })
  })
}
