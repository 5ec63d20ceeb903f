import b4a from 'b4a'
import { type Test, test } from 'brittle'
import { rememberLog } from '../../shared/feed/memory.ts'
import { SignedLengths } from '../../shared/feed/signed-lengths.ts'
import { BatchReader } from '../../shared/feed/batch-reader.ts'
import { MAX_BLOCKS, MAX_BYTES } from '../../shared/feed/messages.ts'
import { createCopy, createLog } from '../helpers/cores.ts'

const SIGNATURE = b4a.alloc(64)

/** The signatures of a reader, which remembers those of the batches that it received. */
async function relay(t: Test): Promise<SignedLengths> {
  return new SignedLengths(await createCopy(t, await createLog(t)))
}

/** The lengths that a peer is served at, who has nothing and asks for all up to `end`. */
async function stepsTo(signedLengths: SignedLengths, end: number): Promise<number[]> {
  const steps: number[] = []
  for (let at = 0; at < end; at = steps.at(-1) ?? end) {
    const next = await signedLengths.within(at, at + MAX_BLOCKS)
    if (next === null) break
    steps.push(next.length)
  }
  return steps
}

/** Every length that is still at hand. */
async function kept(signedLengths: SignedLengths, end: number): Promise<number[]> {
  const lengths = new Set<number>()
  for (let upTo = 1; upTo <= end; upTo++) lengths.add(await lengthWithin(signedLengths, 0, upTo))
  lengths.delete(0)
  return [...lengths]
}

/** The greatest signed length in (`after`, `upTo`], or 0. */
async function lengthWithin(
  signedLengths: SignedLengths,
  after: number,
  upTo: number
): Promise<number> {
  return (await signedLengths.within(after, upTo))?.length ?? 0
}

test('a reader that got every block by itself keeps few signatures', async (t) => {
  const signedLengths = await relay(t)
  const end = 4 * MAX_BLOCKS
  for (let length = 1; length <= end; length++) signedLengths.add(length, length * 100, SIGNATURE)
  t.ok((await kept(signedLengths, end)).length <= 2 * 4 + 1, 'at most two for each full batch')
  t.is((await stepsTo(signedLengths, end)).at(-1), end, 'and they lead a peer to the end')
})

test('signatures are thinned out by bytes too, so that a batch stays within its limit', async (t) => {
  const signedLengths = await relay(t)
  const size = MAX_BYTES / 10
  for (let length = 1; length <= 100; length++) signedLengths.add(length, length * size, SIGNATURE)
  const steps = await stepsTo(signedLengths, 100)
  t.is(steps.at(-1), 100)
  const all = await kept(signedLengths, 100)
  t.ok(all.length <= 21, 'at most two for each full batch')
  for (const [i, length] of all.entries()) {
    t.ok(length - (all[i - 1] ?? 0) <= 10, `block ${length} is reached within one batch`)
  }
})

test('the ends of full batches are all kept', async (t) => {
  const signedLengths = await relay(t)
  const ends = [1, 2, 3, 4, 5].map((count) => count * MAX_BLOCKS)
  for (const length of ends) signedLengths.add(length, length, SIGNATURE)
  t.alike(await kept(signedLengths, 5 * MAX_BLOCKS), ends)
})

test('blocks that are longer than a batch may be keep their signatures', async (t) => {
  const signedLengths = await relay(t)
  for (let length = 1; length <= 5; length++) {
    signedLengths.add(length, length * 2 * MAX_BYTES, SIGNATURE)
  }
  t.alike(await kept(signedLengths, 5), [1, 2, 3, 4, 5])
})

test('the greatest length that was asked for is served', async (t) => {
  const signedLengths = await relay(t)
  for (const count of [1, 2, 3]) {
    signedLengths.add(count * MAX_BLOCKS, count, b4a.alloc(64, count))
  }
  t.is(await lengthWithin(signedLengths, 0, MAX_BLOCKS - 1), 0)
  t.is(await lengthWithin(signedLengths, 0, MAX_BLOCKS), MAX_BLOCKS)
  t.is(
    await lengthWithin(signedLengths, MAX_BLOCKS, 2 * MAX_BLOCKS - 1),
    0,
    'none beyond what they hold'
  )
  t.is(await lengthWithin(signedLengths, MAX_BLOCKS, 9 * MAX_BLOCKS), 3 * MAX_BLOCKS)
  t.is(await lengthWithin(signedLengths, 3 * MAX_BLOCKS, 9 * MAX_BLOCKS), 0)
  const second = await signedLengths.within(MAX_BLOCKS, 3 * MAX_BLOCKS - 1)
  t.alike(second?.signature, b4a.alloc(64, 2))
})

test('the writer signs any length on demand, and a reader takes it', async (t) => {
  const lines = ['a', 'b', 'c', 'd', 'e']
  const writer = await createLog(t, lines)
  const signedLengths = new SignedLengths(writer)
  t.is(await lengthWithin(signedLengths, 0, 3), 3)
  t.is(await lengthWithin(signedLengths, 0, 9), 5)
  for (let length = 1; length <= lines.length; length++) {
    const { signature = null } = (await signedLengths.within(0, length)) ?? {}
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
  const all = new SignedLengths(writer)
  const kept = new SignedLengths(copy)
  for (let length = 1; length <= 1300; length++) {
    const { signature } = (await all.within(0, length)) ?? {}
    if (!signature) throw new Error('nothing was signed')
    const { byteLength } = await session.append([b4a.from(line)], { signature })
    kept.add(length, byteLength, signature)
  }
  const reader = new BatchReader(copy, { ...rememberLog(copy), signedLengths: kept })
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
  const { signature = null } = (await new SignedLengths(writer).within(0, 2)) ?? {}
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
  const signedLengths = new SignedLengths(reader)
  signedLengths.add(MAX_BLOCKS, 1, SIGNATURE)
  reader.emit('truncate', 0, 1)
  t.is(await lengthWithin(signedLengths, 0, 9 * MAX_BLOCKS), 0)
})
