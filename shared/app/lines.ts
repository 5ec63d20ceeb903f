import b4a from 'b4a'
import { Failure } from '../errors.ts'

const LF = b4a.from('\n')
const CR = 13

/**
 * Splits a stream of bytes into blocks at `delimiter`, one batch for each chunk that completes at
 * least one block. The bytes of a block are exactly those between two delimiters; with the default
 * `\n` a `\r` before it counts as part of the line ending. The last block needs no delimiter.
 *
 * Throws a Failure that names the line once a block is longer than `limit` bytes; all blocks before
 * it have been yielded by then.
 */
export async function* splitLines(
  chunks: AsyncIterable<unknown>,
  { delimiter = LF, limit = Infinity }: { delimiter?: Uint8Array; limit?: number } = {}
): AsyncGenerator<Uint8Array[]> {
  const endings = b4a.equals(delimiter, LF)
  let pieces: Uint8Array[] = []
  let size = 0
  let line = 1

  for await (const bytes of chunks) {
    let chunk = bytes as Uint8Array
    let from = 0
    if (delimiter.byteLength > 1 && size > 0) {
      // the delimiter may have begun in the chunk before
      from = Math.max(0, size - delimiter.byteLength + 1)
      chunk = b4a.concat([...pieces, chunk])
      pieces = []
      size = 0
    }

    const batch: Uint8Array[] = []
    let start = 0
    let fault: Failure | null = null
    for (;;) {
      const end = b4a.indexOf(chunk, delimiter, Math.max(start, from))
      if (end === -1) break
      const block = finish(chunk.subarray(start, end), endings)
      if (block.byteLength > limit) {
        fault = tooLong(line, limit)
        break
      }
      batch.push(block)
      line++
      start = end + delimiter.byteLength
    }

    if (batch.length > 0) yield batch
    if (fault) throw fault

    if (start < chunk.byteLength) {
      pieces.push(chunk.subarray(start))
      size += chunk.byteLength - start
    }
    // one byte more may yet turn out to be the `\r` of an ending
    if (size > limit + 1) throw tooLong(line, limit)
  }

  if (size > limit) throw tooLong(line, limit)
  if (size > 0) yield [b4a.concat(pieces)]

  function finish(tail: Uint8Array, strip: boolean): Uint8Array {
    const block = size > 0 ? b4a.concat([...pieces, tail]) : tail
    pieces = []
    size = 0
    const end = block.byteLength - 1
    return strip && block[end] === CR ? block.subarray(0, end) : block
  }
}

function tooLong(line: number, limit: number): Failure {
  return new Failure(
    `line ${line} is longer than a block can be (${limit} bytes): split it, or choose another --delimiter; the lines before it are kept`
  )
}

const ESCAPES: Record<string, string> = { '0': '\0', n: '\n', r: '\r', t: '\t', '\\': '\\' }

/**
 * The bytes of a `--delimiter` value, with `\n`, `\r`, `\t`, `\0`, `\\` and `\xNN` understood; none
 * where it has a `\` that is not of these.
 */
export function parseDelimiter(text: string): Uint8Array {
  const bytes: Uint8Array[] = []
  const token = /\\x([0-9a-fA-F]{2})|\\([0nrt\\])|([^\\]+)|\\/g
  for (const [, hex, escape, plain] of text.matchAll(token)) {
    if (hex !== undefined) bytes.push(b4a.from([parseInt(hex, 16)]))
    else if (escape !== undefined) bytes.push(b4a.from(ESCAPES[escape] ?? escape))
    else if (plain !== undefined) bytes.push(b4a.from(plain))
    else return b4a.alloc(0)
  }
  return b4a.concat(bytes)
}
