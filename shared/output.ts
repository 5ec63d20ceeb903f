import b4a from 'b4a'
import type { Writable } from 'bare-stream'
import process from 'bare-process'
import { escapeControls } from './escape.ts'

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

/** Calls `onclosed` once when whoever read our stdout has gone, as in `| head -1`. */
export function watchOutput(onclosed: (err: Error) => void): void {
  process.stdout.once('error', onclosed)
}

/**
 * Writes to stdout; resolves once the system has taken it all, so that a stalled consumer stalls
 * the caller. Resolves to false where stdout is closed: nothing more can be written.
 */
export function writeOutput(data: Uint8Array | string): Promise<boolean> {
  const stdout: Writable = process.stdout
  return new Promise((resolve) => {
    if (stdout.destroyed) resolve(false)
    else stdout.write(data, () => resolve(!stdout.destroyed))
  })
}

/** One line of the JSON envelope that Pear's own `--json` output has. */
export function jsonLine(cmd: string, tag: string, data: object): string {
  return JSON.stringify({ cmd, tag, data }) + '\n'
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
