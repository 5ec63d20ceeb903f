import { test } from 'brittle'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { printsExactly, untilBlock } from '../helpers/blocks.ts'
import { numbered } from '../helpers/numbered.ts'
import { startPlainReader, startPlainWriter } from '../helpers/plain.ts'
import type { Program } from '../helpers/program.ts'

/** More than one batch of the feed, and no more: plain replication takes half a millisecond a block. */
const COUNT = 1100

test('an app made of Hypercore and Hyperswarm alone reads our writer, live and to its end', async (t) => {
  const writer = await startWriter(t, ['--exit-on-eof'])
  const plain = await startPlainReader(t, writer.key)
  await plain.stdout.line('from 0')
  await writer.append('a')
  await plain.stdout.line('0 a')
  await writer.append('b', '')
  await plain.stdout.line('2 ')
  writer.program.end('c\n')
  t.is(await writer.program.ending, 0, 'our writer sees that it holds every block')
  await plain.stdout.line('3 c')
  t.alike(plain.stdout.lines, ['from 0', '0 a', '1 b', '2 ', '3 c'])
})

test('such an app and our reader share a writer, and serve each other when it is gone', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...numbered(COUNT))
  const plain = await startPlainReader(t, writer.key, 0)
  const ours = await startReader(t, writer.key, ['--start', '0'])
  await untilPlain(plain, COUNT - 1)
  await untilBlock(ours, COUNT - 1)
  await writer.append(...numbered(1, COUNT))
  await untilPlain(plain, COUNT)
  await untilBlock(ours, COUNT)
  t.alike(plain.stdout.lines.slice(1), plainly(numbered(COUNT + 1)))
  printsExactly(t, ours, numbered(COUNT + 1))
  await writer.program.stop()
  await plain.kill()

  const fromOurs = await startPlainReader(t, writer.key, 0)
  await untilPlain(fromOurs, COUNT)
  await ours.stop()

  // now there is no peer that speaks the feed
  const fromPlain = await startReader(t, writer.key, ['--start', '0', '-n', `${COUNT + 1}`])
  t.is(await fromPlain.ending, 0)
  printsExactly(t, fromPlain, numbered(COUNT + 1))
  await fromOurs.kill()
})

test('our reader follows a writer made of Hypercore and Hyperswarm alone', async (t) => {
  const plain = await startPlainWriter(t)
  const reader = await startReader(t, plain.key)
  await reader.stdout.line('Skipping 0 earlier blocks...')
  await plain.program.write('hello')
  await plain.program.stdout.line('length 1')
  await plain.program.write('world')
  await plain.program.stdout.line('length 2')
  await reader.stdout.line('Block 1: world')
  t.is(reader.stdout.text, 'Skipping 0 earlier blocks...\nBlock 0: hello\nBlock 1: world\n')
})

test('our reader gets the long log of such a writer, and goes on when it has come back', async (t) => {
  const storage = await t.tmp()
  const first = await startPlainWriter(t, { storage, length: COUNT })
  const reader = await startReader(t, first.key, ['--start', '0'])
  await untilBlock(reader, COUNT - 1)
  await first.program.write('a')
  await reader.stdout.line(`Block ${COUNT}: a`)
  await first.program.kill()

  const second = await startPlainWriter(t, { storage })
  t.is(second.key, first.key)
  await second.program.write('b')
  await reader.stdout.line(`Block ${COUNT + 1}: b`)
  printsExactly(t, reader, [...numbered(COUNT), 'a', 'b'])
})

test('our reader finds the true end of the log of such a writer, and what came before', async (t) => {
  const plain = await startPlainWriter(t)
  for (const [i, text] of ['a', 'b\n', 'c'].entries()) {
    await plain.program.write(text)
    await plain.program.stdout.line(`length ${i + 1}`)
  }
  const late = await startReader(t, plain.key)
  await late.stdout.line('Skipping 3 earlier blocks...')

  const all = await startReader(t, plain.key, ['--json', '--start', '0', '--no-follow'])
  t.is(await all.ending, 0)
  t.alike(
    all.stdout.lines.map((line) => {
      const { seq, value } = (JSON.parse(line) as { data: { seq: number; value: string } }).data
      return { value, seq }
    }),
    ['a', 'b\n', 'c'].map((value, seq) => ({ seq, value })),
    'each chunk that it took is a block'
  )
  const tail = await startReader(t, plain.key, ['--tail', '1', '-n', '1'])
  t.is(await tail.ending, 0)
  t.is(tail.stdout.text, 'Skipping 2 earlier blocks...\nBlock 2: c\n')

  await plain.program.write('d')
  await late.stdout.line('Block 3: d')
})

/** Waits until the plain reader `program` has printed block `seq`. */
async function untilPlain({ stdout }: Program, seq: number): Promise<void> {
  await stdout.line((line) => line.startsWith(`${seq} `))
}

/** What a plain reader prints for `lines`. */
function plainly(lines: string[]): string[] {
  return lines.map((line, seq) => `${seq} ${line}`)
}

closeTestnet()
