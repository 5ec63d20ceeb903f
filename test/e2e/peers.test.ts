import { test } from 'brittle'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'

test('every reader of a log gets every line', async (t) => {
  const writer = await startWriter(t)
  const readers = []
  for (let i = 0; i < 3; i++) {
    const reader = await startReader(t, writer.key)
    await reader.stdout.line('Skipping 0 earlier blocks...')
    readers.push(reader)
  }
  await writer.append('a')
  await writer.append('b', 'c')
  for (const reader of readers) {
    await reader.stdout.line('Block 2: c')
    t.is(reader.stdout.text, 'Skipping 0 earlier blocks...\nBlock 0: a\nBlock 1: b\nBlock 2: c\n')
  }
})

test('a reader without a writer says that it waits, goes on, and prints when the writer comes', async (t) => {
  const storage = await t.tmp()
  const { key, program } = await startWriter(t, [], { storage })
  await program.stop()

  const reader = await startReader(t, key)
  await reader.stderr.line(/^reader-app: no peer yet, still looking/)
  const writer = await startWriter(t, [], { storage })
  await writer.append('a')
  await reader.stdout.line('Block 0: a')
  t.is(reader.stdout.text, 'Skipping 0 earlier blocks...\nBlock 0: a\n')
})

test('a reader without a writer skips the blocks that there were, once it knows', async (t) => {
  const storage = await t.tmp()
  const copy = await t.tmp()
  const first = await startWriter(t, [], { storage })
  await first.append('a', 'b')
  const all = await startReader(t, first.key, ['--start', '0', '-n', '2'], { storage: copy })
  t.is(await all.ending, 0)
  await first.program.stop()

  const reader = await startReader(t, first.key, [], { storage: copy })
  await reader.stderr.line(/no peer yet/)
  const writer = await startWriter(t, [], { storage, length: 2 })
  await writer.append('c')
  await reader.stdout.line('Skipping 2 earlier blocks...')
  await reader.stdout.line('Block 2: c')
  t.is(reader.stdout.lines.length, 2)
})

test('a reader that meets an empty reader first still finds the end of the log', async (t) => {
  const storage = await t.tmp()
  const first = await startWriter(t, [], { storage })
  await first.append('a', 'b', 'c')
  await first.program.stop()

  const empty = await startReader(t, first.key)
  await empty.stderr.line(/no peer yet/)
  const late = await startReader(t, first.key, ['--no-follow', '--timeout', '50'])
  await late.stderr.line(/connected to /)
  await startWriter(t, [], { storage, length: 3 })
  t.is(await late.ending, 0)
  t.is(late.stdout.text, 'Skipping 3 earlier blocks...\n')
  await empty.stdout.line('Skipping 3 earlier blocks...')
})

test('readers serve the log when the writer was killed, and when another reader has left', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b')
  const first = await startReader(t, writer.key, ['--start', '0'])
  await first.stdout.line('Block 1: b')
  await writer.program.kill()

  const second = await startReader(t, writer.key, ['--start', '0'])
  await second.stdout.line('Block 1: b')
  t.alike(second.stdout.lines.slice(1), ['Block 0: a', 'Block 1: b'])
  await first.stop()
  const third = await startReader(t, writer.key, ['--tail', '1'])
  await third.stdout.line('Block 1: b')
  t.alike(third.stdout.lines, ['Skipping 1 earlier blocks...', 'Block 1: b'])
})

test('a reader that got the log from another reader gets new lines once the writer is back', async (t) => {
  const storage = await t.tmp()
  const first = await startWriter(t, [], { storage })
  await first.append('a')
  const reader = await startReader(t, first.key, ['--start', '0'])
  await reader.stdout.line('Block 0: a')
  await first.program.kill()
  const late = await startReader(t, first.key, ['--start', '0'])
  await late.stdout.line('Block 0: a')

  const writer = await startWriter(t, [], { storage, length: 1 })
  await writer.append('b')
  await reader.stdout.line('Block 1: b')
  await late.stdout.line('Block 1: b')
  await writer.append('c')
  await reader.stdout.line('Block 2: c')
  await late.stdout.line('Block 2: c')
  for (const { stdout, stderr } of [reader, late]) {
    t.is(stdout.lines.length, 4)
    t.absent(/rewound/.test(stderr.text), 'a kill alone makes no reader rewind')
  }
})

closeTestnet()
