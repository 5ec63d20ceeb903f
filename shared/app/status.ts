import { escapeControls } from './escape.ts'
import { Output } from './stdio.ts'

/** The only writer to stderr. `info` is silenced by --quiet, `error` never. */
export interface Status {
  info(text: string): void
  error(text: string): void
}

let output: Output | null = null

/** Status lines of the app called `name`, one line each, safe to show on a terminal. */
export function createStatus(name: string, { quiet = false } = {}): Status {
  return {
    info(text) {
      if (!quiet) writeStatus(`${name}: ${escapeControls(text)}\n`)
    },
    error(text) {
      writeStatus(`${name}: ${escapeControls(text)}\n`)
    }
  }
}

/** Writes `text` to stderr as it is, for lines that are data to a script. */
export function writeStatus(text: string): void {
  void stderr().write(text)
}

/** Whether a person sees the status as it comes. */
export function statusOnTerminal(): boolean {
  return stderr().isTerminal
}

/** Resolves once stderr has taken what was written so far, or cannot take it. */
export async function statusWritten(): Promise<void> {
  await output?.settled()
}

function stderr(): Output {
  // where nobody reads the status, the data still matters
  return (output ??= new Output(2, () => {}))
}
