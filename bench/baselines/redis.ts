// A client of a redis stream. `write` adds every line of stdin, many commands under way at once;
// `read` follows the stream and prints every line.
//   bare bench/baselines/redis.ts <write|read> <port>
import b4a from 'b4a'
import process from 'bare-process'
import type { Duplex, Writable } from 'bare-stream'
import { createConnection } from 'bare-tcp'
import { splitLines } from '../../shared/app/lines.ts'
import { type Reply, replies } from './resp.ts'

const STREAM = 'lines'
const FIELD = 'line'
/** Entries of one answer at most. */
const COUNT = '1000'

const [way = '', port = ''] = Bare.argv.slice(2)
const socket = createConnection({ host: '127.0.0.1', port: Number(port), noDelay: true })
if (way === 'write') await write(socket)
else await read(socket)

async function write(socket: Duplex): Promise<void> {
  // whether the answers are errors is seen by the reader, which would lack a line
  socket.on('data', () => {})
  for await (const lines of splitLines(process.stdin)) {
    const commands = lines.map((line) => command('XADD', STREAM, '*', FIELD, line))
    if (socket.write(b4a.concat(commands))) continue
    await new Promise<void>((resolve) => socket.once('drain', () => resolve()))
  }
}

async function read(socket: Duplex): Promise<void> {
  const stdout: Writable = process.stdout
  let last = '0'
  const next = (): void => {
    socket.write(command('XREAD', 'COUNT', COUNT, 'BLOCK', '0', 'STREAMS', STREAM, last))
  }
  process.stderr.write('connected\n')
  next()
  // one stream of entries, each an id and its fields and values
  for await (const reply of replies(socket)) {
    const [[, entries]] = reply as [[name: Reply, entries: [Uint8Array, Uint8Array[]][]]]
    const parts: Uint8Array[] = []
    for (const [id, [, line]] of entries) {
      last = b4a.toString(id)
      if (line) parts.push(line, b4a.from('\n'))
    }
    next()
    stdout.write(b4a.concat(parts))
  }
}

function command(...words: (string | Uint8Array)[]): Uint8Array {
  const parts = [b4a.from(`*${words.length}\r\n`)]
  for (const word of words) {
    const bytes = typeof word === 'string' ? b4a.from(word) : word
    parts.push(b4a.from(`$${bytes.byteLength}\r\n`), bytes, b4a.from('\r\n'))
  }
  return b4a.concat(parts)
}
