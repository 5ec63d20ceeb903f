import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import { closeTestnet, refuses, startReader, startWriter } from '../helpers/app.ts'
import { printsExactly, seqsOf, untilBlock } from '../helpers/blocks.ts'
import { numbered } from '../helpers/numbered.ts'
import type { Program } from '../helpers/program.ts'
import { bytesBelow, temporaryIn } from '../helpers/store.ts'

const MB = 1024 * 1024

test('readers of one log on one machine', async (t) => {
  const writer = await startWriter(t)
  const lines = numbered(3000)
  await writer.append(...lines)
  const storage = await t.tmp()
  const start = () => startReader(t, writer.key, ['--start', '0'], { storage })
  const appendLive = async (line: string): Promise<void> => {
    lines.push(line)
    await writer.append(line)
  }
  const first = await start()

  await t.test('two and three print every block', async (t) => {
    await untilBlock(first, 0)
    const others = await Promise.all([start(), start()])
    const readers = [first, ...others]
    for (const reader of readers) await untilBlock(reader, 2999)
    await appendLive('live')
    for (const reader of readers) {
      await untilBlock(reader, 3000)
      printsExactly(t, reader, lines)
    }
    for (const reader of others) await reader.stop()
  })

  await t.test('when the one that keeps the copy is killed, the next one keeps it', async (t) => {
    const beside = await start()
    await untilBlock(beside, 500)
    await first.kill()
    const next = await start()
    await appendLive('live as well')
    for (const reader of [beside, next]) {
      await untilBlock(reader, 3001)
      printsExactly(t, reader, lines)
    }
    t.is(temporaryIn(storage).length, 1, 'the next one has none')
    await beside.stop()
  })

  await t.test('the one beside another gets from it what the writer took along', async (t) => {
    await writer.program.kill()
    const second = await start()
    await untilBlock(second, 3001)
    printsExactly(t, second, lines)
  })
})

test('a recipe for cron brings what is new beside a person who watches', async (t) => {
  const writer = await startWriter(t)
  const storage = await t.tmp()
  const watching = await startReader(t, writer.key, [], { storage })
  await watching.stdout.line('Skipping 0 earlier blocks...')
  const look = async (): Promise<string> => {
    const flags = ['--resume', '--no-follow', '--raw']
    const reader = await startReader(t, writer.key, flags, { storage })
    t.is(await reader.ending, 0)
    return reader.stdout.text
  }
  t.is(await look(), '')
  await writer.append('one', 'two')
  t.is(await look(), 'one\ntwo\n')
  await untilBlock(watching, 1)

  // what was read beside it goes on where it was, alone too
  await watching.stop()
  await writer.append('three')
  t.is(await look(), 'three\n')
  printsExactly(t, watching, ['one', 'two'])
})

test('each name has a position of its own, which one reader at a time goes on with', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b', 'c')
  const storage = await t.tmp()
  const watching = await startReader(t, writer.key, ['--resume', '--start', '0'], { storage })
  await untilBlock(watching, 2)

  const rival = await startReader(t, writer.key, ['--resume'], { storage })
  await refuses(t, rival, 1, /another reader of this log goes on with position 'default': stop /)
  t.is(rival.stdout.text, '')

  const seqs = async (flags: string[]): Promise<number[]> => {
    const reader = await startReader(t, writer.key, [...flags, '--no-follow'], { storage })
    t.is(await reader.ending, 0)
    return seqsOf(reader)
  }
  t.alike(await seqs(['--resume=mail', '--start', '1']), [1, 2])
  t.alike(await seqs(['--resume=web', '--start', '2']), [2])
  await writer.append('d')
  t.alike(await seqs(['--resume=web', '--start', '1']), [3])
  await untilBlock(watching, 3)
  await watching.stop()
  await writer.append('e')
  t.alike(await seqs(['--resume']), [4])
  t.alike(await seqs(['--resume=mail']), [3, 4])
})

test('what a reader beside another one had not printed when it was killed comes next', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...numbered(10_000))
  const storage = await t.tmp()
  const watching = await startReader(t, writer.key, [], { storage })
  await watching.stdout.line(/^Skipping/)
  const killed = await startReader(t, writer.key, ['--resume=mail', '--start', '0'], { storage })
  await untilBlock(killed, 2500)
  await killed.kill()
  const before = seqsOf(killed)
  await writer.append(...numbered(1000, 10_000))
  const flags = ['--resume=mail', '--no-follow']
  const again = await startReader(t, writer.key, flags, { storage })
  t.is(await again.ending, 0)
  const [first = Infinity] = seqsOf(again)
  t.ok(first <= (before.at(-1) ?? -1) + 1, `it goes on with block ${first}`)
  printsExactly(t, again, numbered(11_000).slice(first), first)
})

test('what is read beside a copy is for its owner alone, and gone with its reader', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a')
  const { storage, first, beside } = await startBeside(t, writer.key)
  const [folder = ''] = temporaryIn(storage)
  if (os.platform() !== 'win32') t.is(fs.statSync(folder).mode & 0o777, 0o700)
  await beside.stop()
  t.alike(temporaryIn(storage), [])

  const seeder = await startReader(t, writer.key, ['--seed'], { storage })
  await refuses(t, seeder, 1, /^reader-app: .*reader-storage.* is in use by another process: stop /)
  t.alike(temporaryIn(storage), [], 'a copy is not seeded twice')

  const killed = await besideOf(t, writer.key, storage)
  const [stale = ''] = temporaryIn(storage)
  await killed.kill()
  t.alike(temporaryIn(storage), [stale], 'what a reader that was killed has left is there')
  const live = await besideOf(t, writer.key, storage)
  const [kept = '', ...more] = temporaryIn(storage)
  t.alike(more, [], 'until the next removes it')
  t.not(kept, stale)
  const third = await startReader(t, writer.key, ['--start', '0', '-n', '1'], { storage })
  t.is(await third.ending, 0)
  t.alike(temporaryIn(storage), [kept], 'and leaves what is read')
  await writer.append('b')
  for (const reader of [first, live]) await untilBlock(reader, 1)
})

test('the disk that a reader beside another one takes does not grow with what it has printed', async (t) => {
  const writer = await startWriter(t)
  const line = 'x'.repeat(64 * 1024)
  for (let i = 0; i < 14; i++) await writer.append(...Array<string>(100).fill(line))
  const storage = await t.tmp()
  const first = await startReader(t, writer.key, [], { storage })
  await first.stdout.line('Skipping 1400 earlier blocks...')
  const second = await startReader(t, writer.key, ['--start', '0'], { storage })
  let most = 0
  for (let seq = 0; seq < 1400; seq += 100) {
    await untilBlock(second, seq)
    most = Math.max(most, ...temporaryIn(storage).map(bytesBelow))
  }
  t.comment(`${Math.round(most / MB)} MB at the most, for a log of 88 MB`)
  t.ok(most < 80 * MB)
})

test('a reader elsewhere gets the whole log though the nearest reader keeps nothing', async (t) => {
  const writer = await startWriter(t)
  const lines = numbered(120, 0, 100_000)
  await writer.append(...lines.slice(0, 60))
  const { beside } = await startBeside(t, writer.key)
  await writer.append(...lines.slice(60))
  await untilBlock(beside, 119)
  const elsewhere = await startReader(t, writer.key, ['--start', '0', '-n', '120'])
  t.is(await elsewhere.ending, 0)
  printsExactly(t, elsewhere, lines)
})

closeTestnet()

/** A reader of block 0 on, beside another one that has its copy open in the same storage. */
async function startBeside(
  t: Test,
  key: string
): Promise<{ storage: string; first: Program; beside: Program }> {
  const storage = await t.tmp()
  const first = await besideOf(t, key, storage)
  return { storage, first, beside: await besideOf(t, key, storage) }
}

/** A reader of block 0 on in `storage`, once it has printed that. */
async function besideOf(t: Test, key: string, storage: string): Promise<Program> {
  const reader = await startReader(t, key, ['--start', '0'], { storage })
  await untilBlock(reader, 0)
  return reader
}
