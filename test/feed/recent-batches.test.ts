import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { rememberLog } from '../../shared/feed/memory.ts'
import { BatchReader } from '../../shared/feed/batch-reader.ts'
import { type Batch, MAX_BLOCKS, MAX_BYTES } from '../../shared/feed/messages.ts'
import { RecentBatches } from '../../shared/feed/recent-batches.ts'
import { Sender } from '../../shared/feed/sender.ts'
import { appendBlocks } from '../../shared/upstream/hypercore-append.ts'
import { createLog } from '../helpers/cores.ts'

/** A log and what it remembers of its growth. */
async function create(t: Test): Promise<{ log: Hypercore; recent: RecentBatches }> {
  const log = await createLog(t)
  return { log, recent: new RecentBatches(log) }
}

/** Block `n` holds its number. */
function blocksOf(start: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => b4a.from(String(start + i)))
}

function signatureOf(end: number): Uint8Array {
  return b4a.alloc(64, end)
}

/** Batches of `counts` blocks each, one after the other. */
function add(recent: RecentBatches, start: number, ...counts: number[]): void {
  for (const count of counts) {
    recent.add({ start, signature: signatureOf(start + count), blocks: blocksOf(start, count) })
    start += count
  }
}

test('a batch is read from any block of it, with the batches that came after it', async (t) => {
  const { recent } = await create(t)
  add(recent, 10, 3, 1, 2)
  for (const start of [10, 12, 13, 14, 15]) {
    const blocks = blocksOf(start, 16 - start)
    t.alike(recent.read(start), { start, signature: signatureOf(16), blocks })
  }
  t.is(recent.read(9), null)
  t.is(recent.read(16), null)
})

test('a batch that is read is no longer than a message', async (t) => {
  const { recent } = await create(t)
  add(recent, 0, MAX_BLOCKS - 1, 2, 1)
  t.is(recent.read(0)?.blocks.length, MAX_BLOCKS - 1)
  t.is(recent.read(1)?.blocks.length, MAX_BLOCKS)
  add(recent, MAX_BLOCKS + 2, MAX_BLOCKS + 1)
  t.is(recent.read(MAX_BLOCKS + 2), null, 'what was appended at once may be longer')
  t.is(recent.read(MAX_BLOCKS + 3)?.blocks.length, MAX_BLOCKS)
  const block = b4a.alloc(MAX_BYTES)
  const start = 2 * MAX_BLOCKS + 3
  recent.add({ start, signature: signatureOf(1), blocks: [b4a.alloc(MAX_BYTES + 1)] })
  recent.add({ start: start + 1, signature: signatureOf(2), blocks: [block, block] })
  t.is(recent.read(start)?.blocks.length, 1, 'one block may have any length')
  t.is(recent.read(start + 1), null)
  t.is(recent.read(start + 2)?.blocks.length, 1)
})

test('only the last batches are kept, and none from before a gap or a rewind', async (t) => {
  const { log, recent } = await create(t)
  for (let start = 0; start < 100; start++) add(recent, start, 1)
  t.is(recent.read(83), null)
  t.is(recent.read(84)?.blocks.length, 16)
  add(recent, 100, ...Array.from({ length: 5 }, () => MAX_BLOCKS))
  t.is(recent.read(99 + MAX_BLOCKS), null)
  t.is(recent.read(100 + MAX_BLOCKS)?.blocks.length, MAX_BLOCKS)
  const next = 100 + 5 * MAX_BLOCKS
  for (let start = next; start < next + 10; start++) {
    recent.add({ start, signature: signatureOf(1), blocks: [b4a.alloc(MAX_BYTES)] })
  }
  t.is(recent.read(next + 5), null)
  t.ok(recent.read(next + 6))
  add(recent, next + 11, 1)
  t.is(recent.read(next + 9), null)
  log.emit('truncate', 0, 1)
  t.is(recent.read(next + 11), null)
})

test('what was just appended is sent before append is told, and not read back from the store', async (t) => {
  const { log, recent } = await create(t)
  const memory = { ...rememberLog(log), recent }
  const reader = new BatchReader(log, memory)
  reader.read = () => Promise.reject(new Error('the store is read'))
  const told: unknown[] = []
  const channel = {
    begin: () => told.push('begin'),
    batch: ({ start, blocks }: Batch) => told.push(start + blocks.length),
    refuse: () => told.push('refuse')
  }
  const sender = new Sender(log, memory, reader, channel, (err) => t.fail(String(err)))
  recent.onadded = () => sender.pump()
  log.on('append', () => told.push('append'))
  await sender.subscribe({
    id: 1,
    fork: 0,
    length: 0,
    skip: { from: 0 },
    manifest: false,
    tree: null,
    waited: 0
  })
  for (let start = 0; start < 3; start++) {
    const blocks = blocksOf(start, 1)
    const ongrown = (signature: Uint8Array): void => recent.add({ start, signature, blocks })
    await appendBlocks(log, blocks, { ongrown })
  }
  t.alike(told, ['begin', 1, 'append', 2, 'append', 3, 'append'])
})
