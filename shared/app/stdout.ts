import { DONE, Failure, codeOf } from '../errors.ts'
import { fail, stop } from './lifecycle.ts'
import { ClosedError, Output } from './stdio.ts'

let output: Output | null = null

/** Codes of an stdout that its reader has closed, as in `| head -1`. */
const CLOSED = new Set(['EPIPE', 'ECONNRESET', 'EOF'])

/** Whether stdout is a terminal rather than a pipe or a file. */
export function onTerminal(): boolean {
  return stdout().isTerminal
}

/** Whether stdout was closed before the process began (`>&-`): nothing can ever be written. */
export function hasOutput(): boolean {
  return !stdout().isClosed
}

/**
 * Writes to stdout; resolves once the system has taken it all, so that a stalled consumer stalls the
 * caller. Never resolves where stdout takes no more: the app stops then, done where stdout was closed,
 * with an error where it is broken.
 */
export async function writeOutput(data: Uint8Array | string): Promise<void> {
  if (!(await stdout().write(data))) await new Promise<never>(() => {})
}

function stdout(): Output {
  output ??= new Output(1, (err) => {
    const code = codeOf(err)
    if (err instanceof ClosedError || CLOSED.has(code)) return void stop(DONE)
    fail(new Failure(`standard output cannot be written (${code}): make room, or write elsewhere`))
  })
  return output
}
