import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore } from 'hypercore'
import c from 'compact-encoding'
import { BatchReader } from '../../shared/feed/batch-reader.ts'
import type { Keeping } from '../../shared/feed/keeping.ts'
import { ReaderKeeping } from '../../shared/feed/reader-keeping.ts'
import { WriterKeeping } from '../../shared/feed/writer-keeping.ts'
import { rememberLog } from '../../shared/feed/memory.ts'
import { type Begin, type Subscribe, status, subscribe } from '../../shared/feed/messages.ts'
import { Sender } from '../../shared/feed/sender.ts'
import { treeHash } from '../../shared/feed/tree-hash.ts'
import { type Verdict, Verifier } from '../../shared/feed/verifier.ts'
import { readBlocks } from '../../shared/upstream/hypercore-store.ts'
import { rootsAt } from '../../shared/upstream/hypercore-tree.ts'
import { endOfRun, freeTree } from '../../shared/upstream/hypercore-trim.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { replicate } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'

const COUNT = 100
const FIRST = 60
const FREED = 40
const OLD = 17

test('a log that keeps everything says it by not a byte more', (t) => {
  t.alike([...c.encode(status, { hops: 3 })], [3])
  const request = { id: 1, fork: 2, length: 3, skip: { from: 4 }, manifest: true, waited: 0 }
  const tree = b4a.alloc(32, 7)
  t.alike([...c.encode(subscribe, { ...request, tree })], [1, 2, 3, 4, 0, 1, ...tree, 0])
})

test('what is kept, and whether a reader leaps, arrive as they were sent', (t) => {
  const kept = { fork: 2, first: 2 ** 40, signature: b4a.alloc(64, 9) }
  t.alike(c.decode(status, c.encode(status, { hops: 3, kept })), { hops: 3, kept })
  const tree = b4a.alloc(32, 7)
  const request = { id: 1, fork: 2, length: 3, skip: { from: 4 }, manifest: true, waited: 0 }
  const message = { ...request, tree, leaps: true }
  t.alike(c.decode(subscribe, c.encode(subscribe, message)), message)
})

test('a trimmed log begins with the first block that it keeps', async (t) => {
  const { answer } = await trimmed(t)
  for (const [length, from, start] of [
    [0, 0, FIRST],
    [0, 80, 80],
    [FREED, 0, FIRST],
    [FIRST - 1, 0, FIRST],
    [FIRST, 0, FIRST],
    [70, 0, 70]
  ] as const) {
    const { start: begun, proof, end } = (await answer(length, from)) ?? {}
    t.is(begun, start, `a log of ${length} blocks, from ${from}`)
    const { upgrade } = proof ?? {}
    if (length < start) t.alike([upgrade?.start, upgrade?.length], [length, start - length])
    t.is(end?.length, COUNT)
  }
})

test('a reader that no proof joins is refused, unless it leaps', async (t) => {
  const { answer } = await trimmed(t)
  for (const length of [1, OLD, FREED - 1]) {
    t.is(await answer(length), null)
    const { start, proof } = (await answer(length, 0, true)) ?? {}
    t.is(start, FIRST)
    t.alike([proof?.upgrade?.start, proof?.upgrade?.length], [0, FIRST])
  }
})

test('a reader leaps at a relay that has only what the writer keeps', async (t) => {
  const { log, keeping, trees } = await trimmed(t)
  const relay = await createCopy(t, log)
  await replicate(log, relay, FIRST, COUNT)
  const passed = new ReaderKeeping(relay, null)
  const { answer } = answering(t, relay, passed, trees)
  t.is(await answer(OLD, 0, true), null, 'not before it knows what the writer keeps')
  if (keeping.word !== null) passed.take(keeping.word)
  const { proof } = (await answer(OLD, 0, true)) ?? {}
  t.is(proof?.upgrade?.start, 0)
  t.is(await answer(OLD), null, 'and only where it says that it leaps')
})

test('a batch of what has gone is no fault of the log', async (t) => {
  const { reader } = await trimmed(t)
  for (const start of [0, 1, FREED, FIRST - 1]) t.is(await reader.read(start), null)
  t.is((await reader.read(FIRST))?.start, FIRST)
})

test('a copy leaps by the word of the writer alone, and keeps what it has to itself', async (t) => {
  const { log, copy, keeping: writers, answer } = await trimmed(t)
  const message = await answer(OLD, 0, true)
  if (message === null || writers.word === null) throw new Error('the writer refuses')
  let saved = 0
  const own = {
    first: 0,
    freed: 0,
    onmoved() {},
    leap: () => {
      saved = copy.length
      return Promise.resolve()
    }
  }
  const keeping = new ReaderKeeping(copy, own)
  const verifier = new Verifier(copy, rememberLog(copy, keeping))
  t.teardown(() => verifier.close())
  const before = await begin(verifier, message)
  t.is(before.is, 'offence', 'without a word nobody leaps')
  t.is(copy.length, OLD)

  t.is(keeping.take(writers.word), 'taken')
  const { proof } = message
  if (!proof?.upgrade) throw new Error('the writer proves nothing')
  const nodes = proof.upgrade.nodes.map((node) => ({ ...node, hash: b4a.alloc(32, 1) }))
  const broken = { ...message, proof: { ...proof, upgrade: { ...proof.upgrade, nodes } } }
  t.is((await begin(verifier, broken)).is, 'offence', 'what the writer did not sign')
  t.is(copy.length, OLD)
  t.is(saved, 0, 'nothing is saved of what is forged')

  t.alike(await begin(verifier, message), { is: 'stored' })
  t.is(saved, OLD, 'it is saved before, so that a kill leaves no log that says more than it proves')
  t.is(copy.length, FIRST)
  t.is(copy.contiguousLength, 0)
  t.is(endOfRun(copy, 0), 0, 'peers are told of none')
  const blocks = numbered(OLD).map((line) => b4a.from(line))
  t.alike(await readBlocks(copy, 0, OLD + 1), [...blocks, null], 'they are there')

  // a plain peer gets from it what is new, and is not let down by what is old
  connect(t, log, copy)
  await copy.update({ wait: true })
  await copy.download({ start: FIRST, end: COUNT }).done()
  const fresh = await createCopy(t, log)
  connect(t, copy, fresh)
  await fresh.update({ wait: true })
  await fresh.download({ start: FIRST, end: COUNT }).done()
  t.is(endOfRun(fresh, FIRST), COUNT)
  t.is(fresh.peers.length, 1)
})

/**
 * A log of COUNT lines of which blocks and tree went as a writer lets them go, a copy of its first OLD
 * lines, and what the log was known by at every length.
 */
async function trimmed(t: Test) {
  const log = await createLog(t, numbered(OLD))
  const copy = await createCopy(t, log)
  await replicate(log, copy)

  await log.append(numbered(COUNT - OLD, OLD).map((line) => b4a.from(line)))
  const trees: Uint8Array[] = []
  for (let length = 0; length <= COUNT; length++) trees.push(treeHash(await rootsAt(log, length)))
  await log.clear(0, FIRST)
  await freeTree(log, 0, FREED)
  const own = { first: FIRST, freed: FREED, onmoved() {}, leap: () => Promise.resolve() }
  const keeping = new WriterKeeping(log, own)
  return { log, copy, keeping, trees, ...answering(t, log, keeping, trees) }
}

/** What answers readers from `log`, which was known by `trees` at every length. */
function answering(t: Test, log: Hypercore, keeping: Keeping, trees: Uint8Array[]) {
  const memory = rememberLog(log, keeping)
  const reader = new BatchReader(log, memory)
  const begins: Begin[] = []
  let refused = 0
  const channel = {
    begin: (message: Begin) => begins.push(message),
    batch() {},
    refuse: () => refused++
  }
  const sender = new Sender(log, memory, reader, channel, (err) => t.fail(String(err)))
  /** The answer to a reader whose log has `length` blocks and that wants those from `from` on. */
  const answer = async (length: number, from = 0, leaps = false): Promise<Begin | null> => {
    const request: Subscribe = {
      id: 1,
      fork: 0,
      length,
      skip: { from: Math.max(from, length) },
      manifest: false,
      waited: 0,
      tree: trees[length] ?? null,
      ...(leaps && { leaps })
    }
    const before = refused
    await sender.subscribe(request)
    return refused > before ? null : (begins.pop() ?? null)
  }
  return { reader, answer }
}

function begin(verifier: Verifier, message: Begin): Promise<Verdict> {
  return new Promise((resolve) => {
    const asked = { length: OLD, waited: 0 }
    verifier.begin(message, asked, { isWanted: () => true, onverdict: resolve })
  })
}
