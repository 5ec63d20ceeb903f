import b4a from 'b4a'
import { test } from 'brittle'
import {
  type Batch,
  MAX_BLOCKS,
  MAX_BYTES,
  type Skip,
  WINDOW_BATCHES,
  WINDOW_BYTES
} from '../../shared/feed/messages.ts'
import { FED_BYTES, UNFINISHED_BYTES } from '../../shared/feed/pace.ts'
import type { CandidateState } from '../../shared/feed/source-policy.ts'
import { Subscription, requestOf } from '../../shared/feed/subscription.ts'

const SOURCE: CandidateState & { received: number } = {
  hops: 0,
  claimedLength: 100,
  claimedFork: 2,
  followsUs: false,
  retryAt: 0,
  seemsDead: false,
  isSilent: false,
  received: 5000
}
const OTHER: typeof SOURCE = { ...SOURCE, hops: 1 }
const LOG = { length: 10, fork: 2, hasManifest: false, tree: b4a.alloc(32, 7), leaps: false }
const BLOCK = b4a.from('a line')
const NO_PLACE = 'sent a batch that does not begin where the last one ended'
const TOO_MUCH = 'sent more than it may ahead of our acknowledgements'

/** A subscription to SOURCE of a log with ten blocks, from 1,000 ms on. */
function subscribe(
  skip: Skip = { from: 0 },
  fallback: typeof SOURCE | null = null,
  source = SOURCE
) {
  return new Subscription(source, requestOf(LOG, 7, skip, 500), fallback, 1000)
}

/** The same, once the source has begun at block 10. */
function begun(source = SOURCE) {
  const subscription = subscribe({ from: 0 }, null, source)
  subscription.receiveBegin({ id: 7, start: 10, proof: null, end: null, before: 0 })
  return subscription
}

function end(length: number) {
  return { start: 0, length, nodes: [], additionalNodes: [], signature: b4a.alloc(64) }
}

function batch(start: number, blocks: Uint8Array[] = [BLOCK]): Batch {
  return { id: 7, start, signature: b4a.alloc(64), blocks }
}

test('it asks for what follows our log', (t) => {
  const asked = {
    id: 7,
    fork: 2,
    length: 10,
    skip: { from: 10 },
    manifest: true,
    tree: LOG.tree,
    waited: 9
  }
  t.alike(requestOf(LOG, 7, { from: 0 }, 9), asked)
  t.alike(requestOf(LOG, 7, { from: 10 }, 9), asked)
  t.alike(requestOf(LOG, 7, { from: 50 }, 9), { ...asked, skip: { from: 50 } })
  t.alike(requestOf(LOG, 7, { tail: 5 }, 9), { ...asked, skip: { tail: 5 } })
  const known = { ...LOG, hasManifest: true }
  t.alike(requestOf({ ...LOG, leaps: true }, 7, { from: 0 }, 9), { ...asked, leaps: true })
  t.alike(requestOf(known, 7, { from: 0 }, 9), { ...asked, manifest: false })
})

test('a source begins once', (t) => {
  const subscription = subscribe()
  t.is(subscription.receiveBegin({ id: 7, start: 10, proof: null, end: null, before: 0 }), null)
  t.is(
    subscription.receiveBegin({ id: 7, start: 10, proof: null, end: null, before: 0 }),
    'began twice'
  )
})

test('a source that is asked for the last blocks begins within a batch of them', (t) => {
  const last = 5000
  for (const [start, tail, honest] of [
    [last - MAX_BLOCKS, 0, true],
    [last - MAX_BLOCKS - 1, 0, false],
    [last - MAX_BLOCKS - 100, 100, true],
    [last - MAX_BLOCKS - 101, 100, false]
  ] as const) {
    const message = { id: 7, start, proof: null, end: end(last + 10), before: last }
    const reason = subscribe({ tail }).receiveBegin(message)
    t.is(reason, honest ? null : `began at block ${start} of ${last} for the last ones`)
  }
  const message = { id: 7, start: 10, proof: null, end: end(last), before: last }
  t.is(subscribe({ from: 4999 }).receiveBegin(message), null, 'it was not asked for the last')
})

test('no more blocks were there before than the writer has signed', (t) => {
  const message = { id: 7, start: 10, proof: null, end: end(20), before: 21 }
  t.is(subscribe().receiveBegin(message), 'says that 21 blocks of 20 were there before')
})

test('batches follow each other from where the source began', (t) => {
  t.is(subscribe().receiveBatch(batch(10)), NO_PLACE, 'not before it began')
  t.is(begun().receiveBatch(batch(9)), NO_PLACE, 'not earlier')
  t.is(begun().receiveBatch(batch(11)), NO_PLACE, 'not later')
  const subscription = begun()
  t.is(subscription.receiveBatch(batch(10, [BLOCK, BLOCK])), null)
  t.is(subscription.receiveBatch(batch(12)), null)
  t.is(subscription.receiveBatch(batch(12)), NO_PLACE, 'not twice')
})

test('a source sends no more batches than the window holds', (t) => {
  const subscription = begun()
  for (let i = 0; i < WINDOW_BATCHES; i++) t.is(subscription.receiveBatch(batch(10 + i)), null)
  t.is(subscription.receiveBatch(batch(10 + WINDOW_BATCHES)), TOO_MUCH)
  t.is(subscription.taken(2000), 11, 'the first is acknowledged')
  t.is(subscription.receiveBatch(batch(10 + WINDOW_BATCHES)), null)
  t.is(subscription.receiveBatch(batch(11 + WINDOW_BATCHES)), TOO_MUCH)
})

test('a source sends no more bytes than the window holds, or one batch', (t) => {
  const subscription = begun()
  const batches = WINDOW_BYTES / MAX_BYTES
  for (let i = 0; i < batches; i++) {
    t.is(subscription.receiveBatch(batch(10 + i, [b4a.alloc(MAX_BYTES)])), null)
  }
  t.is(subscription.receiveBatch(batch(10 + batches, [b4a.alloc(0)])), TOO_MUCH)
  t.is(begun().receiveBatch(batch(10, [b4a.alloc(2 * WINDOW_BYTES)])), null, 'one of any size')
})

test('what we have not acknowledged holds the source back', (t) => {
  const subscription = begun()
  t.absent(subscription.progress.heldBack)
  subscription.receiveBatch(batch(10))
  t.ok(subscription.progress.heldBack)
  subscription.taken(2000)
  t.absent(subscription.progress.heldBack)
})

test('every sign of life counts as a move', (t) => {
  const subscription = begun()
  t.is(subscription.progress.movedAt, 1000)
  t.is(subscription.progress.provenEnd, Infinity)
  subscription.proved(20, 2000)
  t.is(subscription.progress.movedAt, 2000)
  t.is(subscription.progress.provenEnd, 20)
  subscription.receiveBatch(batch(10))
  t.is(subscription.progress.movedAt, 2000, 'but not what is not verified')
  subscription.stored(3000)
  t.is(subscription.progress.movedAt, 3000)
  subscription.taken(4000)
  t.is(subscription.progress.movedAt, 4000)
  subscription.moved(5000)
  t.is(subscription.progress.movedAt, 5000)
})

test('a source is on probation until its first batch is stored', (t) => {
  const subscription = subscribe({ from: 0 }, OTHER)
  subscription.receiveBegin({ id: 7, start: 10, proof: null, end: null, before: 0 })
  subscription.proved(20, 2000)
  t.is(subscription.progress.fallback, OTHER)
  t.is(subscription.stored(3000), OTHER, 'then the other one has failed')
  t.is(subscription.progress.fallback, null)
  t.is(subscription.stored(4000), null, 'once')
})

test('a change of opinion is told from none', (t) => {
  const subscription = subscribe()
  t.absent(subscription.contest(false))
  t.ok(subscription.contest(true))
  t.ok(subscription.contested)
  t.absent(subscription.contest(true))
  t.ok(subscription.contest(false))
  t.absent(subscription.contested)
})

test('a source that sends little while others are ahead starves us', (t) => {
  const source = { ...SOURCE }
  const subscription = begun(source)
  const starved = (now: number, received: number, othersAhead = true): number | null => {
    source.received = SOURCE.received + received
    subscription.observe(othersAhead, now)
    return subscription.progress.starvedSince
  }
  t.is(starved(1000, 0, false), null, 'not while none is ahead')
  t.is(starved(2000, 0), 2000)
  t.is(starved(3000, FED_BYTES - 1), 2000, 'a little is not enough')
  t.is(starved(4000, FED_BYTES), null)
  t.is(starved(5000, FED_BYTES), 5000, 'and it begins anew')
  t.is(starved(6000, 2 * FED_BYTES - 1), 5000)
  subscription.receiveBatch(batch(10))
  t.is(starved(7000, 2 * FED_BYTES - 1), null, 'not while we hold the source back')
  subscription.taken(7000)
  t.is(starved(8000, 2 * FED_BYTES - 1), 8000)
  t.is(starved(9000, 2 * FED_BYTES - 1, false), null)
})

test('a source that acknowledges nothing, and sends nothing for two seconds, has died', (t) => {
  const source = { ...SOURCE, seemsDead: true }
  const subscription = begun(source)
  const changes = (now: number): boolean => subscription.observe(false, now)
  t.absent(changes(2000))
  t.ok(changes(3000))
  t.ok(subscription.hasDied)
  t.absent(changes(4000))
  source.received++
  t.ok(changes(5000), 'and is alive after all where something comes')
  t.absent(subscription.hasDied)
  t.ok(changes(7000))
  source.seemsDead = false
  t.ok(changes(8000), 'or where it acknowledges what it was sent')
  source.seemsDead = true
  subscription.receiveBatch(batch(10))
  t.absent(changes(10_000), 'its silence is ours where it waits for us')
})

test('the bytes of a batch count as movement before it is whole', (t) => {
  const source = { ...SOURCE }
  const subscription = begun(source)
  const movedAt = (now: number, received: number): number => {
    source.received = SOURCE.received + received
    subscription.observe(true, now)
    return subscription.progress.movedAt
  }
  const { movedAt: begunAt } = subscription.progress
  t.is(movedAt(3000, 100), begunAt, 'a keep-alive is no movement')
  t.is(movedAt(4000, 5000), 4000)
  t.is(movedAt(5000, 5100), 4000)
  t.is(movedAt(6000, 10_000), 6000)
  t.is(movedAt(7000, UNFINISHED_BYTES), 7000)
  t.is(movedAt(8000, UNFINISHED_BYTES + 5000), 7000, 'but not more than a batch can have')
  subscription.receiveBatch(batch(10))
  subscription.stored(9000)
  subscription.taken(9000)
  t.is(movedAt(10_000, UNFINISHED_BYTES + 10_000), 10_000, 'until one is whole')
})
