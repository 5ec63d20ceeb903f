import b4a from 'b4a'
import type { StoredLog } from '../storage/inventory.ts'
import { encodeReadKey } from '../storage/read-key.ts'
import { escapeControls, escapeJson } from './escape.ts'

/** How blocks are shown: numbered lines, the bytes alone, or newline-delimited JSON. */
export type Format =
  | { as: 'text'; terminal: boolean }
  | { as: 'raw'; delimiter: Uint8Array }
  | { as: 'json'; cmd: string }

const LF = b4a.from('\n')

/** One line of the JSON envelope that Pear's own `--json` output has. */
export function jsonLine(cmd: string, tag: string, data: object): string {
  return escapeJson(JSON.stringify({ cmd, tag, data })) + '\n'
}

/**
 * The lines in which a writer shows the key of its log and, where that is private, the read key, which
 * contains what its blocks are encrypted with.
 */
export function formatKeys(
  { json }: { json: boolean },
  key: Uint8Array,
  encryption: Uint8Array | null
): string {
  const hex = b4a.toString(key, 'hex')
  const read = encryption && encodeReadKey(key, encryption)
  if (json) return jsonLine('writer', 'key', { key: hex, ...(read !== null && { read }) })
  return `hypercore key: ${hex}\n${read === null ? '' : `read key: ${read}\n`}`
}

/** The bytes that show `blocks`, which `came` at that time; the first of them is block number `seq`. */
export function formatBlocks(
  format: Format,
  seq: number,
  blocks: Uint8Array[],
  came: Date
): Uint8Array {
  const time = came.toISOString()
  const parts: Uint8Array[] = []
  for (const block of blocks) {
    switch (format.as) {
      case 'raw':
        parts.push(block, format.delimiter)
        break
      case 'json':
        parts.push(b4a.from(jsonLine(format.cmd, 'block', { seq, ...jsonValue(block), time })))
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

/** What `logs` is told of, of which one is shown a line: for a person in columns, of `cmd` in JSON. */
export function formatLogs(
  { json, cmd }: { json: boolean; cmd: string },
  logs: StoredLog[]
): string {
  if (json) return logs.map((log) => jsonLine(cmd, 'log', logData(log))).join('')
  const rows = logs.map((log) => {
    const { key, blocks, bytes, used, running } = logData(log)
    const size = `${(bytes / 1e6).toFixed(1)} MB`
    const name = (key ?? `unreadable: ${log.folder}`).padEnd(64)
    return `${name}  ${String(blocks).padStart(11)}  ${size.padStart(11)}  ${used}  ${running ? 'running' : ''}`
  })
  const head = `${'key'.padEnd(64)}  ${'blocks'.padStart(11)}  ${'on the disk'}  last use`
  return rows.length === 0 ? '' : [head, ...rows].map((row) => `${row.trimEnd()}\n`).join('')
}

function logData({ key, blocks, bytes, used, running, folder }: StoredLog) {
  const [seconds = ''] = used.toISOString().split('.')
  return {
    key: key && b4a.toString(key, 'hex'),
    blocks,
    bytes,
    used: `${seconds}Z`,
    running,
    folder
  }
}
