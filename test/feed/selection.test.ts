import { test } from 'brittle'
import type { Peer } from 'hypercore'
import type { Candidate } from '../../shared/feed/candidate.ts'
import { NO_PATH } from '../../shared/feed/messages.ts'
import { FED_BYTES } from '../../shared/feed/pace.ts'
import { Selection } from '../../shared/feed/selection.ts'
import {
  type Decision,
  RETRY_MS,
  SILENCE_MS,
  STARVATION_MS
} from '../../shared/feed/source-policy.ts'
import { Subscription } from '../../shared/feed/subscription.ts'
import { FakePeer } from './fake-peer.ts'

/** A log of ten blocks that is replicated with `fakes`, which all speak the feed. */
function create(...fakes: FakePeer[]) {
  const peers: Peer[] = fakes.map(({ peer }) => peer)
  const log = { length: 10, fork: 0, peers }
  const selection = new Selection(log, { requirePath: false })
  for (const fake of fakes) selection.add(fake)
  return { log, selection }
}

/** What a follower that is told to follow a peer does at `now`; the source begins with all it has. */
function follow(decision: Decision<Candidate>, now: number): Subscription<Candidate> {
  if (decision.do !== 'follow') throw new Error(`is told to ${decision.do}`)
  const { source, fallback } = decision
  const id = source.nextId()
  const request = {
    id,
    length: 10,
    fork: 0,
    skip: { from: 0 },
    manifest: false,
    tree: null,
    waited: 0
  }
  const subscription = new Subscription(source, request, fallback, now)
  subscription.receiveBegin({ id, start: 10, proof: null, end: null, before: 0 })
  subscription.proved(10, now)
  return subscription
}

test('a source that fails is left alone for longer each time, and others come next', (t) => {
  const liar = new FakePeer({ hops: 0, length: 20 })
  const other = new FakePeer({ hops: 1, length: 10 })
  const { selection } = create(liar, other)
  let now = 0
  for (const delay of [RETRY_MS, 2 * RETRY_MS, 4 * RETRY_MS]) {
    const lying = follow(selection.choose(null, now), now)
    t.is(lying.source.channel, liar)
    now += SILENCE_MS
    t.is(selection.review(lying, now).do, 'abandon')
    const next = follow(selection.replace(lying, now), now)
    t.is(next.source.channel, other)
    t.is(selection.choose(next, now + delay - 1).do, 'stay')
    now += delay
  }
  selection.forgiveAll()
  const lying = follow(selection.choose(null, now), now)
  now += SILENCE_MS
  selection.review(lying, now)
  t.is(follow(selection.choose(null, now + RETRY_MS), now).source.channel, liar, 'all is forgiven')
})

test('liars in turn are each tried once, and the source is followed again', (t) => {
  const writer = new FakePeer({ hops: 0, length: 10 })
  const liars = [1, 2].map((hops) => new FakePeer({ hops, length: 1000 }))
  const { selection } = create(writer, ...liars)
  const followed: FakePeer[] = []
  let current = follow(selection.choose(null, 0), 0)
  for (let now = SILENCE_MS; followed.length < 6; now += SILENCE_MS) {
    const decision = selection.review(current, now)
    if (decision.do === 'contest') break
    current = follow(decision.do === 'abandon' ? selection.replace(current, now) : decision, now)
    followed.push(current.source.channel as FakePeer)
  }
  t.alike(
    followed.map((peer) => [writer, ...liars].indexOf(peer)),
    [1, 0, 2, 0]
  )
})

test('a peer without a feed is a peer that is ahead, and the source is not', (t) => {
  const source = new FakePeer({ hops: 0, length: 10 })
  const { log, selection } = create(source)
  const current = follow(selection.choose(null, 0), 0)
  t.is(selection.review(current, SILENCE_MS).do, 'idle')
  t.is(current.progress.movedAt, SILENCE_MS, 'its silence counts from now on')
  log.peers.push(new FakePeer({ length: 11 }).peer)
  t.is(selection.review(current, 2 * SILENCE_MS).do, 'contest')
  const alone = create(new FakePeer({ hops: 0, length: 20 }))
  const owing = follow(alone.selection.choose(null, 0), 0)
  alone.selection.review(owing, 0)
  t.is(owing.progress.starvedSince, null)
})

test('a slow source is given more time with each that was tried in its place', (t) => {
  const slow = new FakePeer({ hops: 0, length: 20 })
  const rival = new FakePeer({ hops: 1, length: 20 })
  const { log, selection } = create(slow, rival)
  let now = 0
  const review = (current: Subscription<Candidate>): Decision<Candidate> => {
    current.moved(now)
    return selection.review(current, now)
  }
  let current = follow(selection.choose(null, now), now)
  for (const limit of [STARVATION_MS, 2 * STARVATION_MS, 4 * STARVATION_MS]) {
    t.is(review(current).do, 'stay', 'the time begins')
    now += limit - 1
    t.is(review(current).do, 'stay')
    now++
    current = follow(review(current), now)
  }
  now += SILENCE_MS
  t.is(selection.review(current, now).do, 'abandon')
  // nobody is ahead for a moment
  log.length = 20
  review(current)
  log.length = 10
  review(current)
  now += STARVATION_MS
  for (const fake of [slow, rival]) fake.received += FED_BYTES - 1
  t.is(review(current).do, 'follow', 'the first limit counts again')
})

test('a source that is left for its silence earns the next no more time', (t) => {
  const source = new FakePeer({ hops: 0, length: 10 })
  const rivals = [1, 2].map((hops) => new FakePeer({ hops, length: 20 }))
  const { selection } = create(source, ...rivals)
  const first = follow(selection.choose(null, 0), 0)
  const second = follow(selection.review(first, SILENCE_MS), SILENCE_MS)
  t.is(second.source.channel, rivals[0])
  t.is(selection.review(second, SILENCE_MS).do, 'stay')
  const now = SILENCE_MS + STARVATION_MS
  second.moved(now)
  t.is(selection.review(second, now).do, 'follow')
})

test('a peer that refused, or has gone, is not followed', (t) => {
  const peer = new FakePeer({ hops: 0 })
  const { selection } = create(peer)
  follow(selection.choose(null, 0), 0).source.refused(0)
  t.is(selection.choose(null, RETRY_MS - 1).do, 'stay')
  t.is(selection.choose(null, RETRY_MS).do, 'follow')
  follow(selection.choose(null, RETRY_MS), 0).source.refused(RETRY_MS)
  selection.add(peer)
  t.is(selection.choose(null, 0).do, 'follow', 'a new connection begins anew')
  selection.remove(peer)
  t.is(selection.choose(null, 0).do, 'stay')
})

test('a source that has died is no path, and is left for a peer that lives', (t) => {
  const source = new FakePeer({ hops: 1, length: 10 })
  const other = new FakePeer({ hops: 2, length: 10 })
  const { selection } = create(source, other)
  const current = follow(selection.choose(null, 0), 0)
  t.is(selection.hops(current), 2)
  source.seemsDead = other.isSilent = true
  t.is(selection.review(current, SILENCE_MS).do, 'idle', 'it has yet to show that it does')
  t.is(other.hopsTold.at(-1), NO_PATH)
  other.isSilent = false
  t.is(follow(selection.review(current, SILENCE_MS), 0).source.channel, other)
  t.is(current.source.retryAt, SILENCE_MS + RETRY_MS, 'and not followed again at once')
})

test('a source on probation that fails is replaced where the one before it has gone', (t) => {
  const [source, rival, other] = [0, 1, 2].map(
    (hops) => new FakePeer({ hops, length: hops === 1 ? 20 : 10 })
  )
  if (!source || !rival || !other) throw new Error('no peers')
  const { selection } = create(source, rival, other)
  const first = follow(selection.choose(null, 0), 0)
  const onProbation = follow(selection.review(first, SILENCE_MS), SILENCE_MS)
  t.alike([onProbation.source.channel, onProbation.progress.fallback], [rival, first.source])
  selection.remove(source)
  onProbation.source.refused(SILENCE_MS)
  const next = follow(selection.replace(onProbation, SILENCE_MS), SILENCE_MS)
  t.is(next.source.channel, other)
})

test('a source that lives after all is a path again', (t) => {
  const source = new FakePeer({ hops: 1, length: 10 })
  const { selection } = create(source)
  const current = follow(selection.choose(null, 0), 0)
  source.seemsDead = true
  selection.review(current, SILENCE_MS)
  source.seemsDead = false
  selection.review(current, SILENCE_MS)
  t.alike(source.hopsTold, [NO_PATH, 2])
})

test('a path to the writer is required until any source will do', (t) => {
  const selection = new Selection(create().log, { requirePath: true })
  selection.add(new FakePeer({ length: 20 }))
  t.is(selection.choose(null, 0).do, 'stay')
  selection.acceptAnySource()
  t.is(selection.choose(null, 0).do, 'follow')
})
