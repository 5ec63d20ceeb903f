import b4a from 'b4a'
import { test } from 'brittle'
import {
  acknowledged,
  closeTestnet,
  refuses,
  startReader,
  startWriter,
  tagged
} from '../helpers/app.ts'

/** Of a log that nobody writes. */
const NOBODY = 'ab'.repeat(32)

test('a late reader skips what there is, and prints what comes', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b', 'c')
  const reader = await startReader(t, writer.key)
  await reader.stdout.line('Skipping 3 earlier blocks...')
  await writer.append('d')
  await reader.stdout.line('Block 3: d')
  t.is(reader.stdout.text, 'Skipping 3 earlier blocks...\nBlock 3: d\n')
})

test('a reader that comes back skips what was written while it was away', async (t) => {
  const writer = await startWriter(t)
  const storage = await t.tmp()
  const first = await startReader(t, writer.key, ['-n', '1'], { storage })
  await first.stdout.line('Skipping 0 earlier blocks...')
  await writer.append('a')
  t.is(await first.ending, 0)
  await writer.append('b', 'c')

  const second = await startReader(t, writer.key, [], { storage })
  await second.stdout.line('Skipping 3 earlier blocks...')
  await writer.append('d')
  await second.stdout.line('Block 3: d')
  t.is(second.stdout.lines.length, 2)
})

test('--start prints from that block on', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b', 'c')
  const reader = await startReader(t, writer.key, ['--start', '1'])
  await reader.stdout.line('Block 2: c')
  await writer.append('d')
  await reader.stdout.line('Block 3: d')
  t.is(reader.stdout.text, 'Skipping 1 earlier blocks...\nBlock 1: b\nBlock 2: c\nBlock 3: d\n')
})

test('--start may name a block that is yet to come', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a')
  const reader = await startReader(t, writer.key, ['--start', '3'])
  await reader.stdout.line('Skipping 3 earlier blocks...')
  await writer.append('b', 'c', 'd')
  await reader.stdout.line('Block 3: d')
  t.is(reader.stdout.lines.length, 2)
})

test('--start reaches back before what the local copy holds', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b', 'c')
  const storage = await t.tmp()
  const late = await startReader(t, writer.key, ['-n', '1'], { storage })
  await late.stdout.line('Skipping 3 earlier blocks...')
  await writer.append('d')
  t.is(await late.ending, 0)

  const all = await startReader(t, writer.key, ['--start', '0', '-n', '4'], { storage })
  t.is(await all.ending, 0)
  t.alike(all.stdout.lines.slice(1), ['Block 0: a', 'Block 1: b', 'Block 2: c', 'Block 3: d'])
})

test('--tail prints the last blocks first', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b', 'c', 'd')
  const reader = await startReader(t, writer.key, ['--tail', '2'])
  await reader.stdout.line('Block 3: d')
  await writer.append('e')
  await reader.stdout.line('Block 4: e')
  t.is(reader.stdout.text, 'Skipping 2 earlier blocks...\nBlock 2: c\nBlock 3: d\nBlock 4: e\n')

  const all = await startReader(t, writer.key, ['--tail', '99', '-n', '5'])
  t.is(await all.ending, 0)
  t.is(all.stdout.lines[0], 'Skipping 0 earlier blocks...')
  t.is(all.stdout.lines[5], 'Block 4: e')
})

test('--no-follow exits at the end', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b')
  for (const [flags, expected] of [
    [['--start', '0'], 'Skipping 0 earlier blocks...\nBlock 0: a\nBlock 1: b\n'],
    [['--start', '1'], 'Skipping 1 earlier blocks...\nBlock 1: b\n'],
    [['--tail', '1'], 'Skipping 1 earlier blocks...\nBlock 1: b\n'],
    [['--start', '9'], 'Skipping 9 earlier blocks...\n'],
    [[], 'Skipping 2 earlier blocks...\n']
  ] as const) {
    const reader = await startReader(t, writer.key, ['--no-follow', ...flags])
    t.is(await reader.ending, 0, ['--no-follow', ...flags].join(' '))
    t.is(reader.stdout.text, expected)
  }
})

test('--no-follow of an empty log exits at once', async (t) => {
  const writer = await startWriter(t)
  const reader = await startReader(t, writer.key, ['--no-follow'])
  t.is(await reader.ending, 0)
  t.is(reader.stdout.text, 'Skipping 0 earlier blocks...\n')
})

test('--count exits after so many blocks', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b', 'c')
  const some = await startReader(t, writer.key, ['--start', '0', '--count', '2'])
  t.is(await some.ending, 0)
  t.is(some.stdout.text, 'Skipping 0 earlier blocks...\nBlock 0: a\nBlock 1: b\n')

  const live = await startReader(t, writer.key, ['-n', '1'])
  await live.stdout.line('Skipping 3 earlier blocks...')
  await writer.append('d', 'e')
  t.is(await live.ending, 0)
  t.is(live.stdout.text, 'Skipping 3 earlier blocks...\nBlock 3: d\n')
})

test('--raw prints nothing but the blocks, and says what it skips on stderr', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b', 'c')
  const reader = await startReader(t, writer.key, ['--raw', '--tail', '2', '--no-follow'])
  t.is(await reader.ending, 0)
  t.is(reader.stdout.text, 'b\nc\n')
  t.ok(reader.stderr.lines.includes('Skipping 1 earlier blocks...'))
})

test('--json prints a line of JSON for each block, and the skip notice on stderr', async (t) => {
  const writer = await startWriter(t)
  await writer.program.write('a\n"b"\n')
  await writer.program.write(b4a.from([0xff, 10]))
  await acknowledged(writer.program, 3)
  const reader = await startReader(t, writer.key, ['--json', '--start', '1', '--no-follow'])
  t.is(await reader.ending, 0)
  t.alike(
    reader.stdout.lines.map((line) => JSON.parse(line) as unknown),
    [
      { cmd: 'reader', tag: 'block', data: { seq: 1, value: '"b"' } },
      { cmd: 'reader', tag: 'block', data: { seq: 2, base64: '/w==' } }
    ]
  )
  t.ok(reader.stderr.lines.includes('{"cmd":"reader","tag":"skip","data":{"blocks":1}}'))
})

test('--quiet says nothing on stderr, except for errors', async (t) => {
  const writer = await startWriter(t, ['--quiet'])
  await writer.append('a')
  const reader = await startReader(t, writer.key, ['--quiet', '--raw', '--start', '0', '-n', '1'])
  t.is(await reader.ending, 0)
  t.is(reader.stdout.text, 'a\n')
  t.is(reader.stderr.text, '')
  writer.program.end()
  t.is(await writer.program.stop(), 143)
  t.is(writer.program.stderr.text, '')

  const lonely = await startReader(t, NOBODY, ['--quiet', '--timeout', '0.5'])
  await refuses(t, lonely, 3, /^reader-app: no peer found within 0\.5 s/)
})

test('--seed prints nothing, holds every block and serves it when the writer is gone', async (t) => {
  const writer = await startWriter(t, ['--exit-on-eof'])
  await writer.append('a', 'b')
  const seeder = await startReader(t, writer.key, ['--seed'])
  writer.program.end('c\n')
  t.is(await writer.program.ending, 0, 'the writer knows that the seeder holds all')

  const reader = await startReader(t, writer.key, ['--start', '0', '-n', '3'])
  t.is(await reader.ending, 0)
  t.alike(reader.stdout.lines.slice(1), ['Block 0: a', 'Block 1: b', 'Block 2: c'])
  t.is(seeder.stdout.text, '')
})

test('--timeout gives up with 3 where there is no peer', async (t) => {
  const lonely = await startReader(t, NOBODY, ['--timeout', '1', '-q'])
  await refuses(t, lonely, 3, /^reader-app: no peer found within 1 s: is the writer running/)
  const once = await startReader(t, NOBODY, ['--timeout', '1', '--no-follow', '-q'])
  await refuses(t, once, 3, /^reader-app: no peer (was )?found/)
})

test('a reader that found its peer follows for longer than its --timeout', async (t) => {
  const writer = await startWriter(t)
  const reader = await startReader(t, writer.key, ['--timeout', '3', '--start', '0', '--json'])
  await writer.append('a')
  await tagged(reader, 'block')
  const lonely = await startReader(t, NOBODY, ['--timeout', '3'])
  t.is(await lonely.ending, 3, 'as long as another needs to give up')
  await writer.append('b')
  await tagged(reader, 'block')
})

test('one reader folder holds the copies of many logs', async (t) => {
  const storage = await t.tmp()
  const writers = [await startWriter(t), await startWriter(t)]
  const readers = []
  for (const [i, { key }] of writers.entries()) {
    const reader = await startReader(t, key, ['-n', '1'], { storage })
    await reader.stdout.line('Skipping 0 earlier blocks...')
    readers.push({ reader, line: `of log ${i}` })
  }
  for (const [i, writer] of writers.entries()) await writer.append(`of log ${i}`)
  for (const { reader, line } of readers) {
    t.is(await reader.ending, 0)
    t.is(reader.stdout.lines[1], `Block 0: ${line}`)
  }
})

closeTestnet()
