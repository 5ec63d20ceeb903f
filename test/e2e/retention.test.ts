import { test } from 'brittle'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { printed, seqsOf, untilBlock } from '../helpers/blocks.ts'
import { append, appendIn, copyInto, runWriter } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'
import { startPlainReader } from '../helpers/plain.ts'
import type { Program } from '../helpers/program.ts'

const SKIP = /skipping 600 blocks that nobody keeps any more \(0 to 599\)/

test('a reader that asks for blocks that the writer let go of is told, and gets the others, live', async (t) => {
  const home = await t.tmp()
  await appendIn(home, numbered(900))
  const writer = await startWriter(t, ['--keep', '300'], { storage: home, length: 900 })
  await writer.program.stderr.line(/let go of 600 blocks/)

  const reader = await startReader(t, writer.key, ['--start', '0'])
  await reader.stderr.line(SKIP)
  await untilBlock(reader, 899)

  const tail = await startReader(t, writer.key, ['--tail', '750', '--no-follow', '--json'])
  t.is(await tail.ending, 0)
  t.ok(/skipping 450 blocks/.test(tail.stderr.text), '--tail and --no-follow get what is left')
  t.is(tail.stdout.lines.filter((line) => line.includes('"block"')).length, 300)
  const gone = tail.events.filter(({ tag }) => tag === 'gone')
  t.alike(
    gone.map(({ data: { start, end } }) => [start, end]),
    [[150, 600]],
    'with --json it is an object'
  )

  await writer.append('live')
  await untilBlock(reader, 900)
  t.alike(reader.stdout.lines.slice(1), printed([...numbered(300, 600), 'live'], 600))

  t.comment('a relay remembers what the writer has said, and passes it on when the writer is away')
  const storage = await t.tmp()
  const seeder = await startReader(t, writer.key, ['--seed'], { storage })
  await seeder.stderr.line(/holding every block/)
  await seeder.kill()
  await writer.program.stop()
  await reader.stop()
  await startReader(t, writer.key, ['--seed'], { storage })
  const late = await startReader(t, writer.key, ['--start', '0', '-n', '300'])
  t.is(await late.ending, 0)
  t.ok(SKIP.test(late.stderr.text))
  t.alike(late.stdout.lines.slice(1), printed(numbered(300, 600), 600))
})

test('a copy that was away while the log was rewound, and let go of, goes on with what is kept', async (t) => {
  const home = await t.tmp()
  const storage = await t.tmp()
  await runWriter(home, async (log) => {
    await append(log, numbered(100))
    await copyInto(storage, log.core)
  })
  await appendIn(home, numbered(800, 100), { newFork: true, keep: { blocks: 300 } })
  const writer = await startWriter(t, ['--keep', '300'], { storage: home, length: 900 })
  const again = await startReader(t, writer.key, ['--resume', '--no-follow', '--raw'], { storage })
  t.is(await again.ending, 0)
  t.ok(/skipping 500 blocks that nobody keeps any more \(100 to 599\)/.test(again.stderr.text))
  t.alike(again.stdout.lines, numbered(300, 600))
})

test('blocks that a reader still has are not skipped', async (t) => {
  const writer = await startWriter(t, ['--keep', '300'])
  const archive = await startReader(t, writer.key, ['--start', '0'])
  for (let at = 0; at < 1000; at += 200) {
    await writer.append(...numbered(200, at))
    await untilBlock(archive, at + 199)
  }
  const reader = await startReader(t, writer.key, ['--start', '0', '-n', '1000'])
  t.is(await reader.ending, 0)
  t.alike(reader.stdout.lines.slice(1), printed(numbered(1000)))
  t.absent(/nobody keeps/.test(reader.stderr.text))

  await writer.program.stop()
  const alone = await startReader(t, writer.key, ['--start', '0', '-n', '1000'])
  t.is(await alone.ending, 0)
  t.alike(alone.stdout.lines.slice(1), printed(numbered(1000)))
})

test('a reader that stalls while the writer lets go of what it would print goes on behind that', async (t) => {
  const writer = await startWriter(t, ['--keep', '200'])
  const reader = await startReader(t, writer.key, ['--start', '0'])
  await writer.append('first')
  await untilBlock(reader, 0)
  reader.signal('SIGSTOP')
  // twice what may be under way to it
  for (let at = 1; at < 1001; at += 100) await writer.append(...numbered(100, at, 8000))
  reader.signal('SIGCONT')
  await untilBlock(reader, 1000)
  const seqs = seqsOf(reader)
  const [, from, to] = /no more? .*|\((\d+) to (\d+)\)/.exec(reader.stderr.text) ?? []
  t.ok(/skipping \d+ blocks/.test(reader.stderr.text), reader.stderr.text)
  t.alike(
    seqs,
    Array.from({ length: 1001 }, (_, i) => i).filter((i) => i < Number(from) || i > Number(to)),
    'each block once, in order, but for those that it was told of'
  )
  await writer.append('alive')
  await untilBlock(reader, 1001)
})

test('a copy whose next blocks nobody keeps goes on by a leap, or by a proof where nodes are left for one', async (t) => {
  const home = await t.tmp()
  const copies = [
    { end: 100, how: 'by a leap', storage: await t.tmp() },
    { end: 1000, how: 'by a proof', storage: await t.tmp() }
  ]
  await runWriter(home, async (log) => {
    for (const { end, storage } of copies) {
      await append(log, numbered(end - log.core.length, log.core.length))
      await copyInto(storage, log.core)
    }
  })
  await appendIn(home, numbered(10_000, 1000), { keep: { blocks: 300 } })
  const kept = printed(numbered(300, 10_700), 10_700)

  for (const { end, how, storage } of copies) {
    t.comment(`block ${end}, ${how}`)
    const length = 10_700 + kept.length
    const writer = await startWriter(t, ['--keep', '300'], { storage: home, length })
    const again = await startReader(t, writer.key, ['--start', '0'], { storage })
    await untilBlock(again, length - 1)
    t.alike(again.stdout.lines.slice(1), [...printed(numbered(end)), ...kept])
    await writer.append('live')
    kept.push(...printed(['live'], length))
    await untilBlock(again, length)
    await writer.program.stop()

    const from = await startReader(t, writer.key, ['--start', '0', '-n', '301'])
    await untilBlock(from, how === 'by a leap' ? 11_000 : 300)
    t.absent(/dropped/.test(again.stderr.text + from.stderr.text), 'nobody is dropped')
    await again.stop()
    t.is(await from.ending, 0)
  }
})

test('a reader with --keep holds what it printed last, and serves that alone', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...numbered(600))
  const reader = await startReader(t, writer.key, ['--start', '0', '--keep', '300'])
  await untilBlock(reader, 599)
  t.alike(reader.stdout.lines.slice(1), printed(numbered(600)))
  await writer.append(...numbered(300, 600))
  await untilBlock(reader, 899)
  await writer.program.stop()
  const plain = await startPlainReader(t, writer.key, 600)
  await plain.stdout.line(/^899 /)
  const fresh = await startReader(t, writer.key, ['--start', '600', '-n', '300'])
  t.is(await fresh.ending, 0)
  t.alike(fresh.stdout.lines.slice(1), printed(numbered(300, 600), 600))
})

test('a reader with --keep lets go of nothing that a position beside the copy has yet to print', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...numbered(3000))
  const storage = await t.tmp()
  const named = ['--resume=slow', '--start', '0']
  const slow = await startReader(t, writer.key, [...named, '-n', '500'], { storage })
  t.is(await slow.ending, 0)
  const fast = await startReader(t, writer.key, ['--start', '0', '--keep', '0'], { storage })
  await untilBlock(fast, 2999)
  await fast.stop()
  await writer.program.stop()
  const again = await startReader(t, writer.key, [...named, '-n', '2500'], { storage })
  t.is(await again.ending, 0)
  t.alike(again.stdout.lines.slice(1), printed(numbered(2500, 500), 500))
})

test('where the writer has not said so nothing is skipped, a person is told, and who has it may come late', async (t) => {
  const home = await t.tmp()
  const writer = await startWriter(t, [], { storage: home })
  await writer.append(...numbered(900))
  const storage = await t.tmp()
  const kept = await startReader(t, writer.key, ['--start', '0', '--keep', '300'], { storage })
  await untilBlock(kept, 899)
  await kept.stop()
  await writer.program.stop()
  await startReader(t, writer.key, ['--seed', '--keep', '300'], { storage })
  const reader = await startReader(t, writer.key, ['--start', '0'])
  await reader.stderr.line(/block 0 is not here, and no peer has it: .* a peer has is \d+ /)
  t.is(seqsOf(reader).length, 0)

  await startWriter(t, [], { storage: home, length: 900 })
  await untilBlock(reader, 899)
  t.alike(reader.stdout.lines.slice(1), printed(numbered(900)))
})

test('--seed gets the blocks again that an earlier run with --keep has let go of', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...numbered(900))
  const storage = await t.tmp()
  const kept = await startReader(t, writer.key, ['--start', '0', '--keep', '0'], { storage })
  await untilBlock(kept, 899)
  await kept.stop()
  const seeder = await startReader(t, writer.key, ['--seed'], { storage })
  await seeder.stderr.line(/holding every block so far \(900\)/)
  await writer.program.stop()
  const reader = await startReader(t, writer.key, ['--start', '0', '-n', '900'])
  t.is(await reader.ending, 0)
  t.alike(reader.stdout.lines.slice(1), printed(numbered(900)))
})

test('--seed --keep holds the newest blocks, through a restart', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...numbered(900))
  const storage = await t.tmp()
  const flags = ['--seed', '--keep', '300']
  const seeder = await startReader(t, writer.key, flags, { storage })
  await seeder.stderr.line(/holding every block/)
  await seeder.stop()
  await writer.append(...numbered(900, 900))
  const again = await startReader(t, writer.key, flags, { storage })
  await again.stderr.line(/holding every block so far \(1800\)/)
  await writer.program.stop()
  const reader = await startReader(t, writer.key, ['--start', '1500', '-n', '300'])
  t.is(await reader.ending, 0)
  t.alike(reader.stdout.lines.slice(1), printed(numbered(300, 1500), 1500))
})

test('--exit-on-eof says so where blocks of its run went before a peer held them', async (t) => {
  const writer = await startWriter(t, ['--keep', '1000', '-e'])
  await writer.append(...numbered(3000))
  writer.program.end()
  await startReader(t, writer.key, ['--start', '0'])
  t.is(await writer.program.ending, 1)
  t.ok(
    /--keep let go of \d+ blocks of this run before a peer held them/.test(
      writer.program.stderr.text
    )
  )
})

test('--exit-on-eof with --keep ends where a reader took every block in time', async (t) => {
  const writer = await startWriter(t, ['--keep', '1000', '-e'])
  const reader = await startReader(t, writer.key, ['--start', '0'])
  for (let at = 0; at < 3000; at += 500) {
    await writer.append(...numbered(500, at))
    await untilBlock(reader, at + 499)
  }
  writer.program.end()
  t.is(await writer.program.ending, 0)
})

closeTestnet()
