import b4a from 'b4a'
import path from 'bare-path'
import { test } from 'brittle'
import Hypercore from 'hypercore'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { printsExactly, untilBlock } from '../helpers/blocks.ts'
import { numbered } from '../helpers/numbered.ts'

/** More than a source sends before it is acknowledged. */
const COUNT = 10_000
/** Blocks that a first reader leaves out: more than are asked for at once by plain replication. */
const HOLE = 1500

test('of one log each reader takes what it was told', async (t) => {
  const writer = await startWriter(t)
  let count = 0
  const grow = async (more: number): Promise<void> => {
    await writer.append(...numbered(more, count))
    count += more
  }
  await grow(COUNT)

  await t.test(
    '--start in the middle fetches no block before it, and --start 0 fills the holes',
    async (t) => {
      const storage = await t.tmp()
      const late = await startReader(t, writer.key, ['--start', String(HOLE)], { storage })
      await untilBlock(late, count - 1)
      await grow(1)
      await untilBlock(late, count - 1)
      await late.stop()
      printsExactly(t, late, numbered(count - HOLE, HOLE), HOLE)
      t.is(await firstHeld(storage, writer.key), HOLE)

      const all = await startReader(t, writer.key, ['--start', '0'], { storage })
      await untilBlock(all, count - 1)
      await grow(1)
      await untilBlock(all, count - 1)
      await all.stop()
      printsExactly(t, all, numbered(count))
      t.is(await firstHeld(storage, writer.key), 0)
    }
  )

  await t.test('--tail gives the last blocks and fetches no other', async (t) => {
    const storage = await t.tmp()
    const reader = await startReader(t, writer.key, ['--tail', '3000', '-n', '3001'], { storage })
    await untilBlock(reader, count - 1)
    await grow(1)
    t.is(await reader.ending, 0)
    printsExactly(t, reader, numbered(3001, count - 3001), count - 3001)
    t.is(await firstHeld(storage, writer.key), count - 3001)
  })

  await t.test('--tail beyond the first block gives them all', async (t) => {
    const flags = ['--tail', String(count * 2), '-n', String(count + 1)]
    const reader = await startReader(t, writer.key, flags)
    await untilBlock(reader, count - 1)
    await grow(1)
    t.is(await reader.ending, 0)
    printsExactly(t, reader, numbered(count))
  })
})

test('--seed holds every block, and serves it when the writer has gone', async (t) => {
  const count = 2 * HOLE
  const writer = await startWriter(t)
  await writer.append(...numbered(count))
  const storage = await t.tmp()
  // a copy with holes
  const late = await startReader(t, writer.key, ['--start', String(HOLE)], { storage })
  await untilBlock(late, count - 1)
  await late.kill()

  const seeder = await startReader(t, writer.key, ['--seed'], { storage })
  await seeder.stderr.line(/holding every block so far/)
  await writer.program.kill()
  const reader = await startReader(t, writer.key, ['--start', '0', '-n', String(count)])
  t.is(await reader.ending, 0)
  printsExactly(t, reader, numbered(count))
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
