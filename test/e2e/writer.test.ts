import b4a from 'b4a'
import { test } from 'brittle'
import {
  acknowledged,
  closeTestnet,
  refuses,
  startApp,
  startReader,
  startWriter,
  tagged
} from '../helpers/app.ts'
import { asInput, numbered } from '../helpers/numbered.ts'
import { storedLog } from '../helpers/stored.ts'

/** The greatest block that Hypercore takes. */
const LIMIT = 15_728_640

test('one line is one block, byte for byte but for its ending, and an empty line is one too', async (t) => {
  const { program, key } = await startWriter(t)
  const bytes = b4a.from(Array.from({ length: 256 }, (_, byte) => byte).filter((b) => b !== 10))
  await program.write(b4a.concat([bytes, b4a.from('\n')]))
  await program.write(b4a.from('🍐').subarray(0, 2))
  await program.write(b4a.from('🍐\n').subarray(2))
  await program.write('a\r\n\n\r\nb c\n\tlast')
  program.end()
  await acknowledged(program, 7)

  const raw = await startReader(t, key, ['--start', '0', '--no-follow', '--raw'])
  t.is(await raw.ending, 0)
  const rest = '\n🍐\na\n\n\nb c\n\tlast\n'
  t.alike(raw.stdout.bytes, b4a.concat([bytes, b4a.from(rest)]))
})

test('blocks end where --delimiter says', async (t) => {
  const { program, key } = await startWriter(t, ['--delimiter', '\\0'])
  await program.write('a\nb\0\0c\r\n\0')
  await acknowledged(program, 3)

  const flags = ['--start', '0', '--no-follow', '--raw', '--delimiter', '\\0']
  const reader = await startReader(t, key, flags)
  t.is(await reader.ending, 0)
  t.is(reader.stdout.text, 'a\nb\0\0c\r\n\0')
})

test('every append is acknowledged in JSON once it is on disk', async (t) => {
  const storage = await t.tmp()
  const { program, key } = await startWriter(t, [], { storage })
  await program.write('a\nb\n')
  const { length } = await tagged<{ length: number }>(program, 'append')
  t.ok(length === 1 || length === 2)
  await program.write('c\n')
  await acknowledged(program, 3)
  await program.kill()

  const messages = program.stdout.lines.map((line) => JSON.parse(line) as object)
  t.alike(messages[0], { cmd: 'writer', tag: 'key', data: { key } })
  t.alike(messages.at(-1), { cmd: 'writer', tag: 'append', data: { length: 3 } })

  const again = await startWriter(t, [], { storage, length: 3 })
  await again.append('d')
  t.pass('after a kill the next block is the fourth')
})

test('at the end of its input the writer says so and goes on serving', async (t) => {
  const { program, key } = await startWriter(t)
  program.end('only')
  await program.stderr.line('writer-app: stdin ended, still serving')

  const reader = await startReader(t, key, ['--start', '0', '-n', '1'])
  t.is(await reader.ending, 0)
  t.is(reader.stdout.text, 'Skipping 0 earlier blocks...\nBlock 0: only\n')
})

test('with --exit-on-eof the writer leaves once a peer holds every block', async (t) => {
  const { program, key } = await startWriter(t, ['--exit-on-eof'])
  program.end('a\nb\n')
  await acknowledged(program, 2)
  const reader = await startReader(t, key, ['--start', '0'])
  t.is(await program.ending, 0)
  await reader.stdout.line('Block 1: b')
})

test('with --exit-on-eof the writer waits for the blocks of this run alone', async (t) => {
  const storage = await t.tmp()
  const earlier = await startWriter(t, [], { storage })
  await earlier.append('a', 'b', 'c')
  const reader = await startReader(t, earlier.key)
  await reader.stdout.line('Skipping 3 earlier blocks...')
  await earlier.program.stop()

  const { program } = await startWriter(t, ['--exit-on-eof'], { storage, length: 3 })
  program.end('d\n')
  t.is(await program.ending, 0)
  await reader.stdout.line('Block 3: d')
})

test('with --exit-on-eof and nothing to hand over the writer leaves at once', async (t) => {
  const { program } = await startWriter(t, ['--exit-on-eof'])
  program.end()
  t.is(await program.ending, 0)
})

test('with --exit-on-eof and --timeout the writer gives up with 3, and keeps the blocks', async (t) => {
  const storage = await t.tmp()
  const lonely = await startApp(t, 'writer-app', ['-e', '--timeout', '0.5', '-q'], { storage })
  lonely.end('kept\n')
  await refuses(t, lonely, 3, /^writer-app: no peer holds every block .* 0\.5 s: start a reader/)
  t.alike((await storedLog(storage)).lines, ['kept'])
})

test('a line may be as long as a block can be', async (t) => {
  const { program, key } = await startWriter(t)
  const line = b4a.alloc(LIMIT, 'x')
  await program.write(line)
  await program.write('\nshort\n')
  await acknowledged(program, 2)

  const reader = await startReader(t, key, ['--start', '0', '-n', '2', '--raw'])
  t.is(await reader.ending, 0)
  t.ok(b4a.equals(reader.stdout.bytes, b4a.concat([line, b4a.from('\nshort\n')])))
})

test('a line longer than a block is an error that names it, and the lines before it are kept', async (t) => {
  const storage = await t.tmp()
  const flags = ['--json', '--quiet']
  const first = await startApp(t, 'writer-app', flags, { storage })
  await first.write('a\nb\n')
  first.end(b4a.alloc(LIMIT + 1, 'x'))
  await refuses(t, first, 1, /^writer-app: line 3 is longer than a block can be \(15728640 bytes\)/)
  t.alike((await storedLog(storage)).lines, ['a', 'b'])
})

test('many lines at once arrive in their order', async (t) => {
  const { program, key } = await startWriter(t)
  const reader = await startReader(t, key, ['--raw', '--start', '0', '-n', '20000'])
  const lines = numbered(20_000)
  await program.write(asInput(lines))
  t.is(await reader.ending, 0)
  t.ok(reader.stdout.text === asInput(lines))
})

closeTestnet()
