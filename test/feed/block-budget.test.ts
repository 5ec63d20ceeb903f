import b4a from 'b4a'
import { test } from 'brittle'
import { blocksWithin } from '../../shared/feed/block-budget.ts'
import { createLog } from '../helpers/cores.ts'

test('as many blocks as there is room for, wherever they begin', async (t) => {
  const log = await createLog(
    t,
    Array.from({ length: 1000 }, () => 'ten bytes.')
  )
  for (const [start, end, bytes, count] of [
    [0, 1000, 10_000, 1000],
    [0, 1000, 1_000_000, 1000],
    [0, 1000, 9999, 999],
    [0, 1000, 155, 15],
    [3, 1000, 155, 15],
    [999, 1000, 155, 1],
    [7, 9, 155, 2],
    [500, 1000, 10, 1]
  ] as const) {
    t.is(await blocksWithin(log, { start, end, bytes }), count)
  }
})

test('a block that is too long comes by itself', async (t) => {
  const log = await createLog(t, ['short', 'x'.repeat(1000), 'x'.repeat(1000), 'short'])
  const lengths: number[] = []
  for (let start = 0; start < 4; start += lengths.at(-1) ?? 4) {
    lengths.push(await blocksWithin(log, { start, end: 4, bytes: 100 }))
  }
  t.alike(lengths, [1, 1, 1, 1])
})

test('large blocks behind many small ones end what is read', async (t) => {
  const log = await createLog(
    t,
    Array.from({ length: 500 }, () => 'short')
  )
  await log.append(Array.from({ length: 50 }, () => b4a.alloc(100_000)))
  const count = await blocksWithin(log, { start: 300, end: 550, bytes: 1_000_000 })
  const bytes = Math.min(count, 200) * 5 + Math.max(0, count - 200) * 100_000
  t.ok(bytes <= 1_000_000 && bytes > 500_000, `${count} blocks of ${bytes} bytes`)
})
