import b4a from 'b4a'
import { test } from 'brittle'
import { after } from '../../shared/limits/clock.ts'
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

/** A reader with --no-follow has given up looking for a peer by then. */
const LONG_MS = 5000

test('a reader begins with the next new block, at --start, or --tail blocks back, and goes on live', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b', 'c')
  const cases: [string[], string][] = [
    [[], 'Skipping 3 earlier blocks...\nBlock 3: d\nBlock 4: e\n'],
    [
      ['--start', '1'],
      'Skipping 1 earlier blocks...\nBlock 1: b\nBlock 2: c\nBlock 3: d\nBlock 4: e\n'
    ],
    [['--start', '4'], 'Skipping 4 earlier blocks...\nBlock 4: e\n'],
    [['--tail', '1'], 'Skipping 2 earlier blocks...\nBlock 2: c\nBlock 3: d\nBlock 4: e\n']
  ]
  const readers = await Promise.all(cases.map(([flags]) => startReader(t, writer.key, flags)))
  for (const { stdout } of readers) await stdout.line(/^Skipping/)
  await writer.append('d', 'e')
  for (const [i, { stdout }] of readers.entries()) {
    const [flags = [], text = ''] = cases[i] ?? []
    await stdout.total(text.length)
    t.is(stdout.text, text, flags.join(' '))
  }
})

test('a reader that comes back skips what was written while it was away', async (t) => {
  const writer = await startWriter(t)
  const storage = await t.tmp()
  const first = await startReader(t, writer.key, ['-n', '1'], { storage })
  await first.stdout.line('Skipping 0 earlier blocks...')
  await writer.append('a', 'b')
  t.is(await first.ending, 0)
  t.is(first.stdout.text, 'Skipping 0 earlier blocks...\nBlock 0: a\n', 'with -n it ends')
  await writer.append('c')

  const second = await startReader(t, writer.key, [], { storage })
  await second.stdout.line('Skipping 3 earlier blocks...')
  await writer.append('d')
  await second.stdout.line('Block 3: d')
  t.is(second.stdout.lines.length, 2)
})

test('--no-follow exits at the end, and --count after so many blocks', async (t) => {
  const writer = await startWriter(t)
  const empty = await startReader(t, writer.key, ['--no-follow'])
  t.is(await empty.ending, 0)
  t.is(empty.stdout.text, 'Skipping 0 earlier blocks...\n', 'of an empty log at once')

  await writer.append('a', 'b')
  for (const [flags, expected] of [
    [['--no-follow', '--start', '0'], 'Skipping 0 earlier blocks...\nBlock 0: a\nBlock 1: b\n'],
    [['--no-follow'], 'Skipping 2 earlier blocks...\n'],
    [['--count', '2', '--tail', '99'], 'Skipping 0 earlier blocks...\nBlock 0: a\nBlock 1: b\n']
  ] as const) {
    const reader = await startReader(t, writer.key, [...flags])
    t.is(await reader.ending, 0, flags.join(' '))
    t.is(reader.stdout.text, expected)
  }
})

test('--raw prints the blocks alone, --json a line for each, and both skip notices are on stderr', async (t) => {
  const writer = await startWriter(t)
  await writer.program.write('a\n"b"\n')
  await writer.program.write(b4a.from([0xff, 10]))
  await acknowledged(writer.program, 3)
  const raw = await startReader(t, writer.key, ['--raw', '--tail', '2', '--no-follow'])
  t.is(await raw.ending, 0)
  t.alike(raw.stdout.bytes, b4a.from([...b4a.from('"b"\n'), 0xff, 10]))
  t.ok(raw.stderr.lines.includes('Skipping 1 earlier blocks...'))

  const json = await startReader(t, writer.key, ['--json', '--start', '1', '--no-follow'])
  t.is(await json.ending, 0)
  t.alike(
    json.stdout.lines.map((line) => line.replace(/"time":"[\d-]+T[\d:.]+Z"/, '"time":""')),
    [
      '{"cmd":"reader","tag":"block","data":{"seq":1,"value":"\\"b\\"","time":""}}',
      '{"cmd":"reader","tag":"block","data":{"seq":2,"base64":"/w==","time":""}}'
    ]
  )
  const { data } = json.events.find(({ tag }) => tag === 'skip') ?? {}
  t.alike(data, { blocks: 1, message: 'Skipping 1 earlier blocks...' })
})

test('--quiet says nothing on stderr', async (t) => {
  const writer = await startWriter(t, ['--quiet'])
  await writer.append('a')
  const reader = await startReader(t, writer.key, ['--quiet', '--raw', '--start', '0', '-n', '1'])
  t.is(await reader.ending, 0)
  t.is(reader.stdout.text, 'a\n')
  t.is(reader.stderr.text, '')
  writer.program.end()
  t.is(await writer.program.stop(), 143)
  t.is(writer.program.stderr.text, '')
})

test('--timeout gives up with 3 where there is no peer, and ends no reader that found one', async (t) => {
  const writer = await startWriter(t)
  const reader = await startReader(t, writer.key, ['--timeout', '10', '--start', '0', '--json'])
  await writer.append('a')
  await tagged(reader, 'block')
  const lonely = await startReader(t, NOBODY, ['--timeout', '10', '--quiet'])
  await refuses(t, lonely, 3, /^reader-app: no peer found within 10 s: is the writer running/)
  const once = await startReader(t, NOBODY, ['--timeout', '1', '--no-follow', '-q'])
  await refuses(t, once, 3, /^reader-app: no peer (was )?found/)
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

test('--start beyond the end of the log says so', async (t) => {
  const storage = await t.tmp()
  const first = await startWriter(t, [], { storage })
  await first.append('a', 'b', 'c')
  await first.program.stop()
  const waiting = await startReader(t, first.key, ['--start', '4'])
  // one that reads live is told whenever a peer comes
  await waiting.stderr.line(/no peer yet/)
  await after(LONG_MS)
  const writer = await startWriter(t, [], { storage, length: 3 })
  await waiting.stderr.line('reader-app: the log has 3 blocks so far: waiting for block 4')
  await writer.append('d', 'e')
  await waiting.stdout.line('Block 4: e')

  const ending = await startReader(t, writer.key, ['--start', '100', '--no-follow'])
  t.is(await ending.ending, 0)
  t.is(ending.stdout.text, 'Skipping 100 earlier blocks...\n')
  await ending.stderr.line('reader-app: the log has 5 blocks so far: there is no block 100 yet')
})

test('--no-follow ends where only a reader is left that holds a part of the log', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b', 'c', 'd')
  const sparse = await startReader(t, writer.key, ['--tail', '2'])
  await sparse.stdout.line('Block 3: d')
  await writer.program.stop()
  const flags = ['--start', '0', '--no-follow', '--timeout', '10']
  const reader = await startReader(t, writer.key, flags)
  t.is(await reader.ending, 3)
  const told = /block 0 and what follows to block \d+ cannot be had: no peer here holds it/
  t.ok(told.test(reader.stderr.text), reader.stderr.text)
})

closeTestnet()
