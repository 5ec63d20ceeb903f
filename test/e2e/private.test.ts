import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import Hypercore from 'hypercore'
import { parseReadKey } from '../../shared/storage/read-key.ts'
import {
  acknowledged,
  closeTestnet,
  refuses,
  startApp,
  startReader,
  startWriter
} from '../helpers/app.ts'
import { makeBackup, putBack } from '../helpers/backup.ts'
import { appendIn, writtenStorage } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'
import type { Program } from '../helpers/program.ts'
import { storedLog } from '../helpers/stored.ts'
import { announce } from '../helpers/swarm.ts'

const LINES = numbered(500)
const SECRET = 'the eagle lands at midnight'

interface PrivateWriter {
  program: Program
  key: string
  read: string
  append(...lines: string[]): Promise<void>
}

async function startPrivate(t: Test, storage: string, length = 0): Promise<PrivateWriter> {
  const { program, append } = await startWriter(t, ['--private'], { storage, length })
  const { data } = JSON.parse(program.stdout.lines[0] ?? '') as {
    data: { key: string; read: string }
  }
  return { program, append, ...data }
}

test('a seeder holds a private log without its read key', async (t) => {
  const storage = await t.tmp()
  const copy = await t.tmp()
  const { program, key, read, append } = await startPrivate(t, storage)
  await append(SECRET, ...LINES)
  const seeder = await startReader(t, key, ['--seed'], { storage: copy })
  await seeder.stderr.line(/holding every block so far \(501\)/)
  await program.stop()

  await t.test('a reader with the read key gets every line from the seeder alone', async (t) => {
    const reader = await startReader(t, read, ['--start', '0', '--raw', '-n', '501'])
    t.is(await reader.ending, 0)
    t.alike(reader.stdout.lines, [SECRET, ...LINES])
  })

  await t.test('plain Hypercore reads it from there with its encryption key', async (t) => {
    const { encryption } = parseReadKey(read) ?? {}
    const core = new Hypercore(await t.tmp(), b4a.from(key, 'hex'), {
      encryption: { key: encryption }
    } as object)
    await core.ready()
    t.teardown(() => core.close(), { force: true })
    await announce(t, core)
    for (const [seq, line] of [SECRET, ...LINES.slice(0, 2)].entries()) {
      t.is(b4a.toString((await core.get(seq)) ?? b4a.alloc(0)), line)
    }
  })

  await seeder.stop()
  for (const folder of [storage, copy]) {
    t.alike(holding(folder, 'eagle'), [], 'no file has a word of it')
    t.alike(holding(folder, 'line 7'), [])
  }

  await t.test("the seeder's folder and the read key are enough to read it", async (t) => {
    const flags = ['--start', '0', '--raw', '-n', '501']
    const reader = await startReader(t, read, flags, { storage: copy })
    t.is(await reader.ending, 0)
    t.alike(reader.stdout.lines, [SECRET, ...LINES])
  })

  await t.test("the seeder's folder and the hypercore key are not", async (t) => {
    const reader = await startReader(t, key, ['-q', '--start', '0'], { storage: copy })
    await refuses(t, reader, 1, /this log is private/)
    t.is(reader.stdout.text, '')
  })
})

test('a private log meets what a plain one has', async (t) => {
  const storage = await t.tmp()
  const copy = await t.tmp()
  const writer = await startPrivate(t, storage)
  await writer.append('a', 'b', 'c')
  const text = await startReader(t, writer.read, ['--tail', '2'])
  await text.stdout.line('Block 2: c')
  t.alike(text.stdout.lines, ['Skipping 1 earlier blocks...', 'Block 1: b', 'Block 2: c'])
  const json = await startReader(t, writer.read, ['--json', '--start', '1', '-n', '1'])
  t.is(await json.ending, 0)
  t.ok(
    json.stdout.text.startsWith(
      '{"cmd":"reader","tag":"block","data":{"seq":1,"value":"b","time":"'
    )
  )
  const flags = ['--start', '0', '--resume', '--raw', '--no-follow']
  const first = await startReader(t, writer.read, flags, { storage: copy })
  t.is(await first.ending, 0)
  await writer.append('d')
  await text.stdout.line('Block 3: d')
  const again = await startReader(t, writer.read, flags, { storage: copy })
  t.is(await again.ending, 0)
  t.is(again.stdout.text, 'd\n')
  await writer.program.stop()

  const sending = await startApp(t, 'writer-app', ['-e'], { storage })
  sending.end('e\n')
  await text.stdout.line('Block 4: e')
  t.is(await sending.ending, 0)
  t.is(sending.stdout.text, `hypercore key: ${writer.key}\nread key: ${writer.read}\n`)
})

test('a key that does not read a private log ends with one line before anything is shown', async (t) => {
  const writer = await startPrivate(t, await t.tmp())
  await writer.append(...LINES)
  const last = writer.read.slice(-3, -2) === 'y' ? 'b' : 'y'
  const mistyped = writer.read.slice(0, -3) + last + writer.read.slice(-2)
  const isPrivate = /this log is private, and this key only seeds it: add --seed/
  const cases: [string[], number, RegExp][] = [
    [[writer.key], 1, isPrivate],
    [['--tail', '3', '--raw', writer.key], 1, isPrivate],
    [['--start', '0', '--json', writer.key], 1, isPrivate],
    [['--start', '0', mistyped], 1, /this key does not read this log: was it copied in full\?/],
    [['--start', '0', writer.read.slice(0, -1)], 2, /is not a key/]
  ]
  for (const [args, code, reason] of cases) {
    const reader = await startApp(t, 'reader-app', ['-q', ...args])
    await refuses(t, reader, code, reason)
    t.is(reader.stdout.text, '', args.join(' '))
  }
})

test('seeding with the read key works, and says that it also reads', async (t) => {
  const writer = await startPrivate(t, await t.tmp())
  await writer.append('a')
  const seeder = await startReader(t, writer.read, ['--seed'])
  await seeder.stderr.line(
    `reader-app: this key also reads: on a machine that is not yours, seed with ${writer.key}`
  )
  await seeder.stderr.line(/holding every block so far \(1\)/)
  t.is(seeder.stdout.text, '')
})

test('once private, always private; and a plain log stays one', async (t) => {
  const storage = await t.tmp()
  const first = await startPrivate(t, storage)
  await first.append('a')
  await first.program.stop()
  const again = await startPrivate(t, storage)
  t.is(again.read, first.read)
  await again.program.stop()

  const { storage: plain } = await writtenStorage(t, [])
  const refused = await startApp(t, 'writer-app', ['-q', '--private'], { storage: plain })
  await refuses(t, refused, 1, /holds a log that everybody with its key can read/)
  await appendIn(plain, ['still plain'])
  t.alike((await storedLog(plain)).lines, ['still plain'], 'and it is unharmed')
})

test('the longest line of a private log is eight bytes shorter than a block can be', async (t) => {
  const most = 15 * 1024 * 1024 - 8
  const writer = await startPrivate(t, await t.tmp())
  await writer.program.write(`${'x'.repeat(most)}\n`)
  await acknowledged(writer.program, 1)
  writer.program.end(`${'x'.repeat(most + 1)}\n`)
  t.is(await writer.program.ending, 1)
  t.ok(/line 2 is longer than a block can be/.test(writer.program.stderr.text))
  t.ok(writer.program.stderr.text.includes(String(most)), 'and says how long')
})

test('whatever becomes of a private log, no number and nonce is used twice', async (t) => {
  const storage = await t.tmp()
  const backup = path.join(await t.tmp(), 'backup')
  const seen = new Map<string, string>()
  const note = async (): Promise<number> => {
    const core = new Hypercore(path.join(storage, 'writer-storage'))
    await core.ready()
    for (let seq = 0; seq < core.length; seq++) {
      const hex = b4a.toString((await core.get(seq)) ?? b4a.alloc(0), 'hex')
      const nonce = `${seq} ${hex.slice(0, 16)}`
      if (seen.has(nonce) && seen.get(nonce) !== hex) t.fail(`block ${seq} was encrypted alike`)
      seen.set(nonce, hex)
    }
    const { length } = core
    await core.close()
    return length
  }
  const runApp = async (length: number, ...lines: string[]): Promise<void> => {
    const { program, append } = await startPrivate(t, storage, length)
    await append(...lines)
    await program.kill()
    t.is(await note(), length + lines.length)
  }
  const runHere = async (lines: string[], newFork = false): Promise<void> => {
    await appendIn(storage, lines, { newFork })
    t.is(await note(), 2 + lines.length)
    putBack(backup, storage)
  }
  await runApp(0, 'a', 'b')
  makeBackup(storage, backup)
  await runApp(2, 'c', 'd')
  putBack(backup, storage)
  await runHere(['another c', 'another d'])
  fs.unlinkSync(path.join(storage, 'writer-storage.record'))
  await runHere(['a third c', 'a third d'])
  await runHere(['a fourth c', 'a fourth d'], true)
  await runHere(['a fifth c', 'a fifth d'], true)
  t.is(seen.size, 2 + 5 * 2)
})

/** The files below `folder` that hold `text`. */
function holding(folder: string, text: string): string[] {
  return fs.readdirSync(folder).flatMap((name: string) => {
    const at = path.join(folder, name)
    if (fs.statSync(at).isDirectory()) return holding(at, text)
    return b4a.indexOf(fs.readFileSync(at) as Uint8Array, b4a.from(text)) === -1 ? [] : [at]
  })
}

closeTestnet()
