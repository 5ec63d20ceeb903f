import b4a from 'b4a'
import path from 'bare-path'
import { test } from 'brittle'
import Hypercore from 'hypercore'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { printsExactly, untilBlock } from '../helpers/blocks.ts'
import { numbered } from '../helpers/numbered.ts'

const COUNT = 10_000
const LINES = numbered(COUNT)

test('--start in the middle fetches no block before it, and --start 0 fills the holes', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...LINES)
  const storage = await t.tmp()
  const late = await startReader(t, writer.key, ['--start', '5000'], { storage })
  await untilBlock(late, COUNT - 1)
  await writer.append(...numbered(1, COUNT))
  await untilBlock(late, COUNT)
  await late.stop()
  printsExactly(t, late, numbered(COUNT + 1 - 5000, 5000), 5000)
  t.is(await firstHeld(storage, writer.key), 5000)

  const all = await startReader(t, writer.key, ['--start', '0'], { storage })
  await untilBlock(all, COUNT)
  await writer.append(...numbered(1, COUNT + 1))
  await untilBlock(all, COUNT + 1)
  await all.stop()
  printsExactly(t, all, numbered(COUNT + 2))
  t.is(await firstHeld(storage, writer.key), 0)
})

test('--tail gives the last blocks and fetches no other', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...LINES)
  const storage = await t.tmp()
  const reader = await startReader(t, writer.key, ['--tail', '3000', '-n', '3001'], { storage })
  await untilBlock(reader, COUNT - 1)
  await writer.append(...numbered(1, COUNT))
  t.is(await reader.ending, 0)
  printsExactly(t, reader, numbered(3001, COUNT - 3000), COUNT - 3000)
  t.is(await firstHeld(storage, writer.key), COUNT - 3000)
})

test('--tail beyond the first block gives them all', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...LINES)
  const reader = await startReader(t, writer.key, ['--tail', String(COUNT * 2), '-n', '10001'])
  await untilBlock(reader, COUNT - 1)
  await writer.append(...numbered(1, COUNT))
  t.is(await reader.ending, 0)
  printsExactly(t, reader, numbered(COUNT + 1))
})

test('--seed holds every block, and serves it when the writer has gone', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...LINES)
  const storage = await t.tmp()
  // a copy with holes
  const late = await startReader(t, writer.key, ['--start', '7000'], { storage })
  await untilBlock(late, COUNT - 1)
  await late.kill()

  const seeder = await startReader(t, writer.key, ['--seed'], { storage })
  await seeder.stderr.line(/holding every block so far/)
  await writer.program.kill()
  const reader = await startReader(t, writer.key, ['--start', '0', '-n', String(COUNT)])
  t.is(await reader.ending, 0)
  printsExactly(t, reader, LINES)
  t.is(seeder.stdout.text, '')
})

/** The first block that the reader's copy in `storage` has, where it has all that come after. */
async function firstHeld(storage: string, key: string): Promise<number> {
  const name = b4a.toString(Hypercore.discoveryKey(b4a.from(key, 'hex')), 'hex')
  const core = new Hypercore(path.join(storage, 'reader-storage', name))
  await core.ready()
  let first = 0
  while (first < core.length && !(await core.has(first))) first++
  const rest = await core.has(first, core.length)
  await core.close()
  if (!rest) throw new Error(`block ${first} is there, and one behind it is not`)
  return first
}

closeTestnet()
