import b4a from 'b4a'
import { type Test, test } from 'brittle'
import { Signatures } from '../../shared/feed/signed-lengths.ts'
import { BatchReader } from '../../shared/feed/sender.ts'
import { MAX_BLOCKS, MAX_BYTES } from '../../shared/feed/messages.ts'
import { createCopy, createLog } from '../helpers/cores.ts'

const SIGNATURE = b4a.alloc(64)

/** The signatures of a reader, which remembers those of the batches that it received. */
async function relay(t: Test): Promise<Signatures> {
  return new Signatures(await createCopy(t, await createLog(t)))
}

/** The lengths that a peer is served at, who has nothing and asks for all up to `end`. */
async function stepsTo(signatures: Signatures, end: number): Promise<number[]> {
  const steps: number[] = []
  for (let at = 0; at < end; at = steps.at(-1) ?? end) {
    const next = await signatures.within(at, at + MAX_BLOCKS)
    if (next === null) break
    steps.push(next.length)
  }
  return steps
}

/** Every length that is still at hand. */
async function kept(signatures: Signatures, end: number): Promise<number[]> {
  const lengths = new Set<number>()
  for (let upTo = 1; upTo <= end; upTo++) lengths.add(await lengthWithin(signatures, 0, upTo))
  lengths.delete(0)
  return [...lengths]
}

/** The greatest signed length in (`after`, `upTo`], or 0. */
async function lengthWithin(signatures: Signatures, after: number, upTo: number): Promise<number> {
  return (await signatures.within(after, upTo))?.length ?? 0
}

test('a reader that got every block by itself keeps few signatures', async (t) => {
  const signatures = await relay(t)
  const end = 20 * MAX_BLOCKS
  for (let length = 1; length <= end; length++) signatures.add(length, length * 100, SIGNATURE)
  t.ok((await kept(signatures, end)).length <= 2 * 20 + 1, 'at most two for each full batch')
  t.is((await stepsTo(signatures, end)).at(-1), end, 'and they lead a peer to the end')
})

test('signatures are thinned out by bytes too, so that a batch stays within its limit', async (t) => {
  const signatures = await relay(t)
  const size = MAX_BYTES / 10
  for (let length = 1; length <= 100; length++) signatures.add(length, length * size, SIGNATURE)
  const steps = await stepsTo(signatures, 100)
  t.is(steps.at(-1), 100)
  const all = await kept(signatures, 100)
  t.ok(all.length <= 21, 'at most two for each full batch')
  for (const [i, length] of all.entries()) {
    t.ok(length - (all[i - 1] ?? 0) <= 10, `block ${length} is reached within one batch`)
  }
})

test('the ends of full batches are all kept', async (t) => {
  const signatures = await relay(t)
  const ends = [1, 2, 3, 4, 5].map((count) => count * MAX_BLOCKS)
  for (const length of ends) signatures.add(length, length, SIGNATURE)
  t.alike(await kept(signatures, 5 * MAX_BLOCKS), ends)
})

test('blocks that are longer than a batch may be keep their signatures', async (t) => {
  const signatures = await relay(t)
  for (let length = 1; length <= 5; length++) {
    signatures.add(length, length * 2 * MAX_BYTES, SIGNATURE)
  }
  t.alike(await kept(signatures, 5), [1, 2, 3, 4, 5])
})

test('the greatest length that was asked for is served', async (t) => {
  const signatures = await relay(t)
  for (const count of [1, 2, 3]) {
    signatures.add(count * MAX_BLOCKS, count, b4a.alloc(64, count))
  }
  t.is(await lengthWithin(signatures, 0, MAX_BLOCKS - 1), 0)
  t.is(await lengthWithin(signatures, 0, MAX_BLOCKS), MAX_BLOCKS)
  t.is(
    await lengthWithin(signatures, MAX_BLOCKS, 2 * MAX_BLOCKS - 1),
    0,
    'none beyond what they hold'
  )
  t.is(await lengthWithin(signatures, MAX_BLOCKS, 9 * MAX_BLOCKS), 3 * MAX_BLOCKS)
  t.is(await lengthWithin(signatures, 3 * MAX_BLOCKS, 9 * MAX_BLOCKS), 0)
  const second = await signatures.within(MAX_BLOCKS, 3 * MAX_BLOCKS - 1)
  t.alike(second?.signature, b4a.alloc(64, 2))
})

test('the writer signs any length on demand, and a reader takes it', async (t) => {
  const lines = ['a', 'b', 'c', 'd', 'e']
  const writer = await createLog(t, lines)
  const signatures = new Signatures(writer)
  t.is(await lengthWithin(signatures, 0, 3), 3)
  t.is(await lengthWithin(signatures, 0, 9), 5)
  for (let length = 1; length <= lines.length; length++) {
    const { signature = null } = (await signatures.within(0, length)) ?? {}
    if (signature === null || writer.manifest === null) throw new Error('nothing was signed')
    const reader = await createCopy(t, writer)
    await reader.core.setManifest(writer.manifest)
    const blocks = lines.slice(0, length).map((line) => b4a.from(line))
    await reader.session({ writable: true }).append(blocks, { signature })
    t.is(reader.length, length)
  }
})

test('a reader passes on what it got block by block in batches as large as may be', async (t) => {
  const line = 'x'.repeat(1700)
  const writer = await createLog(
    t,
    Array.from({ length: 1300 }, () => line)
  )
  const copy = await createCopy(t, writer)
  if (writer.manifest === null) throw new Error('a writer has a manifest')
  await copy.core.setManifest(writer.manifest)
  const session = copy.session({ writable: true })
  const all = new Signatures(writer)
  const kept = new Signatures(copy)
  for (let length = 1; length <= 1300; length++) {
    const { signature } = (await all.within(0, length)) ?? {}
    if (!signature) throw new Error('nothing was signed')
    const { byteLength } = await session.append([b4a.from(line)], { signature })
    kept.add(length, byteLength, signature)
  }
  const reader = new BatchReader(copy, kept)
  let start = 0
  for (;;) {
    const batch = await reader.read(start)
    if (batch === null) break
    start += batch.blocks.length
    if (start === 1300) break
  }
  t.is(start, 1300)
})

test('what the writer did not sign at a length is refused there', async (t) => {
  const writer = await createLog(t, ['a', 'b'])
  const { signature = null } = (await new Signatures(writer).within(0, 2)) ?? {}
  if (signature === null || writer.manifest === null) throw new Error('nothing was signed')
  const reader = await createCopy(t, writer)
  await reader.core.setManifest(writer.manifest)
  const session = reader.session({ writable: true })
  await t.exception(session.append([b4a.from('a')], { signature }), /INVALID_SIGNATURE/)
  await t.exception(session.append([b4a.from('a'), b4a.from('x')], { signature }), /INVALID_SIGN/)
  t.is(reader.length, 0)
})

test('a truncated log keeps no signature of what it was', async (t) => {
  const writer = await createLog(t, ['a', 'b', 'c'])
  const reader = await createCopy(t, writer)
  const signatures = new Signatures(reader)
  signatures.add(MAX_BLOCKS, 1, SIGNATURE)
  reader.emit('truncate', 0, 1)
  t.is(await lengthWithin(signatures, 0, 9 * MAX_BLOCKS), 0)
})
