import process from 'bare-process'
import { escapeControls } from './escape.ts'

/** The only writer to stderr. `info` is silenced by --quiet, `error` never. */
export interface Status {
  info(text: string): void
  error(text: string): void
}

let written: Promise<void> = Promise.resolve()
let listening = false

/** Status lines of the app called `name`, one line each, safe to show on a terminal. */
export function createStatus(name: string, { quiet = false } = {}): Status {
  return {
    info(text) {
      if (!quiet) write(`${name}: ${escapeControls(text)}\n`)
    },
    error(text) {
      write(`${name}: ${escapeControls(text)}\n`)
    }
  }
}

/** Writes `text` to stderr as it is, for lines that are data to a script. */
export function writeStatus(text: string): void {
  write(text)
}

/** Resolves once stderr has taken what was written so far, or cannot take it. */
export function statusWritten(): Promise<void> {
  return written
}

function write(text: string): void {
  const { stderr } = process
  if (!listening) {
    listening = true
    // whoever read our status has gone; the data matters, so go on
    stderr.on('error', () => {})
  }
  written = new Promise((resolve) => {
    if (stderr.destroyed || !stderr.writable) resolve()
    else stderr.write(text, () => resolve())
  })
}
