import b4a from 'b4a'
import type { Writable } from 'bare-stream'
import process from 'bare-process'
import { escapeControls, escapeJson } from './escape.ts'
import { DONE, Failure, codeOf } from '../errors.ts'
import { fail, stop } from './environment.ts'

/** How blocks are shown: the guide's lines, the bytes alone, or newline-delimited JSON. */
export type Format =
  | { as: 'text'; terminal: boolean }
  | { as: 'raw'; delimiter: Uint8Array }
  | { as: 'json'; cmd: string }

const LF = b4a.from('\n')

/** Whether stdout is a terminal rather than a pipe or a file. */
export function onTerminal(): boolean {
  return 'isTTY' in process.stdout && process.stdout.isTTY === true
}

/** Codes of an stdout that whoever read it has closed, as in `| head -1`. */
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

/** One line of the JSON envelope that Pear's own `--json` output has. */
export function jsonLine(cmd: string, tag: string, data: object): string {
  return escapeJson(JSON.stringify({ cmd, tag, data })) + '\n'
}

/** The bytes that show `blocks`, the first of which is block number `seq`. */
export function formatBlocks(format: Format, seq: number, blocks: Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const block of blocks) {
    switch (format.as) {
      case 'raw':
        parts.push(block, format.delimiter)
        break
      case 'json':
        parts.push(b4a.from(jsonLine(format.cmd, 'block', { seq, ...jsonValue(block) })))
        break
      case 'text':
        parts.push(b4a.from(`Block ${seq}: `), format.terminal ? escapeBlock(block) : block, LF)
    }
    seq++
  }
  return b4a.concat(parts)
}

function escapeBlock(block: Uint8Array): Uint8Array {
  return b4a.from(escapeControls(b4a.toString(block)))
}

function jsonValue(block: Uint8Array): { value: string } | { base64: string } {
  const value = b4a.toString(block)
  // a round trip tells what is UTF-8: anything else decodes to replacement characters
  return b4a.equals(b4a.from(value), block) ? { value } : { base64: b4a.toString(block, 'base64') }
}
