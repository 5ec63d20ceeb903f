import { test } from 'brittle'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { untilBlock } from '../helpers/blocks.ts'
import { numbered } from '../helpers/numbered.ts'
import { bytesBelow } from '../helpers/store.ts'

const MB = 1e6
const COUNT = 60_000
const PART = 5000
/** What is kept takes 2.5 MB, and what RocksDB has in hand meanwhile many times as much. */
const MOST = 45 * MB
/** Once the store is closed, that is a write buffer of 16 MB at most; all lines would take 26 MB. */
const MOST_CLOSED = 20 * MB

test('60,000 lines go through a writer, a reader and a seeder that keep 5,000', async (t) => {
  const [home, near, far] = [await t.tmp(), await t.tmp(), await t.tmp()]
  const keep = ['--keep', '5000']
  const writer = await startWriter(t, keep, { storage: home })
  const reader = await startReader(t, writer.key, ['--start', '0', ...keep], { storage: near })
  const seeder = await startReader(t, writer.key, ['--seed', ...keep], { storage: far })
  const most = [0, 0, 0]
  for (let at = 0; at < COUNT; at += PART) {
    await writer.append(...numbered(PART, at, 300))
    await untilBlock(reader, at + PART - 1)
    for (const [i, folder] of [home, near, far].entries()) {
      most[i] = Math.max(most[i] ?? 0, bytesBelow(folder))
    }
  }
  t.comment(`at most ${most.map((bytes) => Math.round(bytes / MB)).join(', ')} MB`)
  t.ok(Math.max(...most) < MOST)
  t.absent(/nobody keeps/.test(reader.stderr.text), 'no line was missed')
  for (const program of [reader, seeder, writer.program]) await program.stop()
  const left = [home, near, far].map(bytesBelow)
  t.comment(`closed ${left.map((bytes) => Math.round(bytes / MB)).join(', ')} MB`)
  t.ok(Math.max(...left) < MOST_CLOSED)
})

test('170 MB in blocks of 64 KiB go through a writer that keeps 20', async (t) => {
  const home = await t.tmp()
  const writer = await startWriter(t, ['--keep', '20MB'], { storage: home })
  let most = 0
  for (let at = 0; at < 2600; at += 100) {
    await writer.append(...numbered(100, at, 65_536))
    most = Math.max(most, bytesBelow(home))
  }
  t.comment(`at most ${Math.round(most / MB)} MB`)
  t.ok(most < 140 * MB)
})

closeTestnet()
