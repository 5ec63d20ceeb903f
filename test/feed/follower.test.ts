import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { rememberLog } from '../../shared/feed/memory.ts'
import type { Delivery } from '../../shared/feed/events.ts'
import { Follower } from '../../shared/feed/follower.ts'
import { type Batch, type Begin, NO_PATH } from '../../shared/feed/messages.ts'
import { signedEnd } from '../../shared/upstream/hypercore-tree.ts'
import { SignedLengths } from '../../shared/feed/signed-lengths.ts'
import type { Start } from '../../shared/feed/start.ts'
import { Verifier } from '../../shared/feed/verifier.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { FakePeer } from './fake-peer.ts'
import { proofOf } from './impostor.ts'

const COUNT = 10
const LINES = numbered(COUNT)

/** A follower whose peers are fakes, and what it has told. */
class TestFollower {
  readonly core: Hypercore
  readonly follower: Follower
  /** Each end of the log, and why a peer was dropped, as they were told. */
  readonly ends: (number | null)[] = []
  readonly offences: string[] = []
  /** What was followed, by its place among `peers`, whenever a source was taken or lost. */
  readonly sources: number[] = []
  readonly #peers: FakePeer[]
  #deliveries: Delivery[] = []
  #wake: (() => void)[] = []

  private constructor(t: Test, core: Hypercore, start: Start, peers: FakePeer[]) {
    this.core = core
    this.#peers = peers
    const told =
      <T>(all: T[]) =>
      (one: T): void => {
        all.push(one)
        for (const resolve of this.#wake.splice(0)) resolve()
      }
    const verifier = new Verifier(core, rememberLog(core))
    this.follower = new Follower(core, verifier, start, {
      ondelivery: told(this.#deliveries),
      onend: told(this.ends),
      onhops: () => {},
      onkept: () => {},
      onchange: () => told(this.sources)(this.source),
      onoffence: (_, reason) => told(this.offences)(reason),
      onerror: t.fail
    })
    for (const peer of peers) this.follower.add(peer)
  }

  static async start(
    t: Test,
    log: Hypercore,
    start: Start,
    ...peers: FakePeer[]
  ): Promise<TestFollower> {
    const following = new TestFollower(t, await createCopy(t, log), start, peers)
    t.teardown(() => following.follower.close())
    return following
  }

  /** The place of the source among the peers; -1 for none. */
  get source(): number {
    const { source } = this.follower
    return this.#peers.findIndex(({ peer }) => peer === source)
  }

  /** Makes `peer` say how far it is from the writer. */
  tell(peer: FakePeer, hops: number): void {
    const previous = peer.hops
    peer.hops = hops
    this.follower.onhops(peer, previous)
  }

  /** Makes `peer`, which holds `log`, begin unless it has; resolves once that was looked at. */
  async begun(log: Hypercore, peer: FakePeer): Promise<void> {
    const told = this.ends.length
    if (peer.begunWith === peer.id) return
    peer.begunWith = peer.id
    this.follower.onbegin(peer, beginOf(log, peer))
    while (this.ends.length === told) await this.told()
  }

  /** Resolves to the next delivery. */
  async delivery(): Promise<Delivery> {
    for (;;) {
      const delivery = this.#deliveries.shift()
      if (delivery) return delivery
      await this.told()
    }
  }

  /** Resolves once something more is told. */
  told(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve))
  }
}

/** What `peer`, which holds `log`, says first. */
function beginOf(log: Hypercore, { id }: FakePeer, more: Partial<Begin> = {}): Begin {
  return {
    id,
    start: 0,
    proof: proofOf(log.manifest),
    end: signedEnd(log),
    before: log.length,
    ...more
  }
}

/** The blocks of `log` before `end`, from `start` on, as `peer` sends them. */
async function batchOf(
  log: Hypercore,
  { id }: FakePeer,
  start: number,
  end: number
): Promise<Batch> {
  const signed = await new SignedLengths(log).within(start, end)
  const blocks = LINES.slice(start, end).map((line) => b4a.from(line))
  return { id, start, signature: signed?.signature ?? b4a.alloc(0), blocks }
}

test('a peer that keeps changing its hops is followed at most once', async (t) => {
  const [steady, fickle] = [new FakePeer({ hops: 1 }), new FakePeer({})]
  const log = await createLog(t)
  const following = await TestFollower.start(t, log, { from: 0 }, steady, fickle)
  await following.begun(log, steady)
  for (let i = 0; i < 5; i++) {
    following.tell(fickle, 0)
    if (fickle.isSource) await following.begun(log, fickle)
    following.tell(fickle, NO_PATH)
    if (steady.isSource) await following.begun(log, steady)
  }
  t.is(fickle.asked.length, 1)
  t.alike(following.sources, [0, 1, 0])
})

test('a source that is left for a nearer one may be followed again at once', async (t) => {
  const [near, far] = [new FakePeer({}), new FakePeer({ hops: 2 })]
  const log = await createLog(t)
  const following = await TestFollower.start(t, log, { from: 0 }, near, far)
  following.tell(near, 1)
  t.ok(far.isSource, 'but not while it may have sent what has not arrived')
  await following.begun(log, far)
  following.tell(near, 1)
  t.absent(far.isSource, 'it is told to send no more')
  following.follower.remove(near)
  t.ok(far.isSource)
  t.alike(following.sources, [1, 0, 1], 'and between two sources none is told to be lost')

  await following.begun(log, far)
  near.hops = 0
  near.followsUs = true
  following.follower.add(near)
  near.followsUs = false
  following.tell(far, 1)
  t.ok(near.isSource)
  following.follower.remove(near)
  t.ok(far.isSource, 'though it had something to tell when it was left')
})

test('a source that says it is the writer has to answer where another peer says so too', async (t) => {
  const [old, young] = [new FakePeer({ hops: 0 }), new FakePeer({ hops: 1 })]
  const following = await TestFollower.start(t, await createLog(t), { from: 0 }, old, young)
  following.tell(old, 0)
  t.is(old.timesAsked, 0)
  for (const hops of [0, 1, 0]) following.tell(young, hops)
  t.alike([old.timesAsked, young.timesAsked, following.source], [2, 0, 0])
})

test('a source that refuses is replaced, and left alone for a while', async (t) => {
  const [near, far] = [new FakePeer({ hops: 0 }), new FakePeer({ hops: 1 })]
  const following = await TestFollower.start(t, await createLog(t), { from: 0 }, near, far)
  const { follower } = following
  follower.onrefuse(near, { id: near.id + 1 })
  t.is(following.source, 0, 'not where another subscription is refused')
  follower.onrefuse(near, { id: near.id })
  t.is(following.source, 1)
  t.alike(following.ends, [])
  follower.onrefuse(far, { id: far.id })
  t.is(following.source, -1)
  t.alike(following.ends, [null], 'none is left that knows the end')
  t.alike(far.hopsTold, [NO_PATH])
})

test('a source that is lost is replaced', async (t) => {
  const [near, far] = [new FakePeer({ hops: 0 }), new FakePeer({ hops: 1 })]
  const following = await TestFollower.start(t, await createLog(t), { from: 0 }, near, far)
  following.follower.remove(near)
  following.follower.remove(far)
  t.alike(following.sources, [0, 1, -1])
  t.alike(following.ends, [], 'another may come yet')
})

test('a peer that sends what no honest peer sends is reported, and not followed again', async (t) => {
  const log = await createLog(t, LINES)
  const [near, far] = [new FakePeer({ hops: 0 }), new FakePeer({ hops: 1 })]
  const following = await TestFollower.start(t, log, { from: 0 }, near, far)
  const { follower } = following
  follower.onbatch(near, await batchOf(log, near, 0, 4))
  t.alike(following.offences, ['sent a batch that does not begin where the last one ended'])
  t.is(following.source, 1)
  follower.accuse(far, 'sent what cannot be read: out of bounds')
  t.is(following.offences[1], 'sent what cannot be read: out of bounds')
  t.is(following.source, -1)
  t.alike(following.ends, [null])
  follower.onhops(near, 5)
  t.is(following.source, -1)
})

test('what the verifier refuses is reported too', async (t) => {
  const log = await createLog(t, LINES)
  const peer = new FakePeer({ hops: 0 })
  const following = await TestFollower.start(t, log, { from: 0 }, peer)
  following.follower.onbegin(peer, beginOf(log, peer, { start: 7 }))
  await following.told()
  t.alike(following.offences, ['began at block 7 without a proof'])
  t.is(following.source, -1)
})

test('blocks are handed on, and acknowledged once they are taken', async (t) => {
  const log = await createLog(t, LINES)
  const peer = new FakePeer({ hops: 0 })
  const following = await TestFollower.start(t, log, { from: 0 }, peer)
  const { follower } = following
  follower.onbegin(peer, beginOf(log, peer))
  follower.onbatch(peer, await batchOf(log, peer, 0, 4))
  follower.onbatch(peer, await batchOf(log, peer, 4, COUNT))
  const [first, second] = [await following.delivery(), await following.delivery()]
  t.is(first.start, 0)
  t.is(first.blocks.length, 4)
  t.ok((await first.stored) && (await second.stored))
  t.alike(peer.acknowledged, [])
  first.release()
  t.alike(peer.acknowledged, [{ id: peer.id, end: 4 }])
  follower.remove(peer)
  second.release()
  t.is(peer.acknowledged.length, 1, 'a source that is left is told nothing')
})

test('a reader that is catching up is no way to the writer', async (t) => {
  const log = await createLog(t, LINES)
  const peer = new FakePeer({ hops: 2 })
  const following = await TestFollower.start(t, log, { from: 0 }, peer)
  const { core, follower } = following
  follower.onbegin(peer, beginOf(log, peer))
  while (following.ends.length === 0) await following.told()
  t.alike(following.ends, [COUNT])
  t.is(follower.hops, NO_PATH)
  follower.onbatch(peer, await batchOf(log, peer, 0, 4))
  await (
    await following.delivery()
  ).stored
  t.is(follower.hops, NO_PATH)
  follower.onbatch(peer, await batchOf(log, peer, 4, COUNT))
  await peer.isTold(3)
  t.is(core.length, COUNT)
  t.alike(peer.hopsTold, [NO_PATH, 3])
  following.tell(peer, 4)
  t.alike(peer.hopsTold, [NO_PATH, 3, 5])
  following.tell(peer, NO_PATH)
  t.is(peer.hopsTold.at(-1), NO_PATH)
})

test('the last blocks are asked for until a source has proven the end', async (t) => {
  const log = await createLog(t, LINES)
  const [pathless, near] = [new FakePeer({ length: 10 }), new FakePeer({ hops: 0 })]
  const following = await TestFollower.start(t, log, { tail: 3, live: false }, pathless)
  const { follower } = following
  t.is(following.source, -1, 'a peer without a path may not know the end')
  follower.add(near)
  t.alike(near.asked[0]?.skip, { tail: 3 })
  follower.onbegin(near, beginOf(log, near))
  await following.told()
  t.alike(following.ends, [COUNT])
  follower.remove(near)
  follower.add(near)
  t.alike(near.asked[1]?.skip, { from: 0 }, 'now all of them')
})

test('any source will do once there is no better, or where the first block is known', async (t) => {
  const log = await createLog(t, LINES)
  const one = new FakePeer({ length: 10 })
  const asking = await TestFollower.start(t, log, { tail: 3, live: false }, one)
  asking.follower.acceptAnySource()
  t.alike(one.asked[0]?.skip, { tail: 3 })
  t.alike(asking.ends, [])
  const other = new FakePeer({ length: 10 })
  const knowing = await TestFollower.start(t, log, { tail: 3, live: false }, other)
  knowing.follower.startAt(7)
  t.alike(other.asked[0]?.skip, { from: 7 })
  const refused = new FakePeer({ hops: 0 })
  const waiting = await TestFollower.start(t, log, { tail: 3, live: false }, refused)
  waiting.follower.onrefuse(refused, { id: refused.id })
  t.alike(waiting.ends, [], 'a better one may come')
  const alone = await TestFollower.start(t, log, { tail: 3, live: false })
  alone.follower.acceptAnySource()
  t.alike(alone.ends, [null])
})

test('a log that grows by other means, or is truncated, is asked for anew', async (t) => {
  const log = await createLog(t, LINES)
  const peer = new FakePeer({ hops: 0 })
  const following = await TestFollower.start(t, log, { from: 0 }, peer)
  const { core, follower } = following
  const { id } = peer
  follower.onbegin(peer, beginOf(log, peer))
  const { blocks, signature } = await batchOf(log, peer, 0, 4)
  // as plain replication might
  await core.core.setManifest(log.manifest ?? { version: 0, signers: [] })
  await core.session({ writable: true }).append(blocks, { signature })
  follower.onbatch(peer, await batchOf(log, peer, 0, 4))
  while (peer.id === id) await following.told()
  t.is(peer.asked[1]?.length, 4)
  core.emit('truncate', 0, 1)
  t.is(peer.asked.length, 3)
})

test('a follower that is closed follows none', async (t) => {
  const log = await createLog(t, LINES)
  const [peer, other] = [new FakePeer({ hops: 1 }), new FakePeer({ hops: 0 })]
  const following = await TestFollower.start(t, log, { from: 0 }, peer)
  await following.follower.close()
  t.is(following.source, -1)
  following.follower.add(other)
  following.follower.remove(peer)
  t.is(other.asked.length, 0)
  t.alike(following.ends, [null])
})
