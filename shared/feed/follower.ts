import type { Hypercore, Peer, Proof, Upgrade } from 'hypercore'
import { causeOf, codeOf, messageOf } from '../errors.ts'
import type { SignedLengths } from './signed-lengths.ts'
import {
  type Ack,
  type Batch,
  type Begin,
  NO_PATH,
  MAX_BLOCKS,
  MAX_BYTES,
  type Refuse,
  type Subscribe,
  WINDOW_BATCHES,
  WINDOW_BYTES
} from './messages.ts'

/** A source that has not moved for this long although blocks are known to exist has stalled. */
const STALLED_MS = 2000
/** One that keeps us waiting for what others have, little by little, is compared with them after this. */
const HUNGRY_MS = 10_000
/** A peer that refused is asked again after this long; one that was of no use, then after twice that. */
const RETRY_MS = 10_000
const MAX_RETRY_MS = 600_000

/** What a follower may send to a peer, and what it knows of it. */
export interface Candidate {
  readonly peer: Peer
  /** Connections between that peer and the writer, NO_PATH for none. */
  hops: number
  /** Not asked before this time, in milliseconds since the epoch. */
  notBefore: number
  /** How often in a row it did not bring what it claimed, or was not needed for it. */
  failures: number
  /** Whether that peer follows us. */
  followsUs(): boolean
  subscribe(message: Subscribe): unknown
  unsubscribe(): unknown
  ack(message: Ack): unknown
}

/** Blocks that a batch brought, to be handed on once they are verified and stored. */
export interface Delivery {
  start: number
  blocks: Uint8Array[]
  /** Resolves to whether the writer has signed them and they are on disk. */
  stored: Promise<boolean>
  /** Says that the blocks were taken, and lets the source send more. */
  release(): void
}

/** Which blocks to leave out when the log is followed for the first time. */
export type Skip = { from: number } | { tail: number }

export interface FollowerEvents {
  ondelivery(delivery: Delivery): void
  /** The path to the writer has become longer or shorter. */
  onhops(hops: number): void
  /** A source was taken, or lost. */
  onsource(): void
  /** A peer sent what no honest peer sends. */
  onmisbehaviour(peer: Peer, reason: string): void
  onerror(err: unknown): void
}

interface Subscription {
  id: number
  source: Candidate
  /** Our log as it was when we asked. */
  fork: number
  length: number
  begun: boolean
  /** Where the source's log ended when it began; unknown before. */
  end: number
  next: number
  movedAt: number
  /** Since when we wait for the source while others have more, and our log then; null while we do not. */
  hunger: { since: number; byteLength: number } | null
  /** Who was followed before, and is again unless this source brings what it claims. */
  before: Candidate | null
  /** Whether others claim what it has not sent, and can't be followed to show it. */
  doubted: boolean
  unacked: { end: number; bytes: number }[]
}

/**
 * Follows one source at a time: subscribes, verifies and stores its batches, hands them on, and
 * turns to another source when this one closes, refuses, stalls or falls behind. A peer whose
 * batches cannot be the writer's is reported and never asked again.
 */
export class Follower {
  readonly #core: Hypercore
  readonly #session: Hypercore
  readonly #signedLengths: SignedLengths
  readonly #events: FollowerEvents
  readonly #candidates = new Set<Candidate>()
  #subscription: Subscription | null = null
  #lastId = 0
  #skip: Skip
  #end: number | null = null
  #patient: boolean
  #applying: Promise<void> = Promise.resolve()
  #waiting: ((end: number | null) => void)[] = []
  #hungryFor = HUNGRY_MS
  #stallTimer: Timer | null = null
  #closed = false

  constructor(core: Hypercore, signedLengths: SignedLengths, skip: Skip, events: FollowerEvents) {
    this.#core = core
    // only this session can append, and only what the writer signed: a reader has no secret key
    this.#session = core.session({ writable: true })
    this.#signedLengths = signedLengths
    this.#skip = skip
    // the end of the log is asked of who has a path to the writer, while there may be such a peer
    this.#patient = 'tail' in skip
    this.#events = events
    core.on('truncate', () => {
      for (const candidate of this.#candidates) candidate.failures = 0
      this.#restart()
    })
    this.#stallTimer = setInterval(() => this.#watch(), STALLED_MS / 4)
  }

  /** The peer that is followed at present. */
  get source(): Peer | null {
    return this.#subscription?.source.peer ?? null
  }

  /** Whether a peer that can't be followed now claims blocks that the source, which is silent, has not. */
  get doubted(): boolean {
    return this.#subscription?.doubted ?? false
  }

  /**
   * Connections between this peer and the writer along the feed; NO_PATH while it is catching up: who
   * asks it where the log ends would take a part for the whole.
   */
  get hops(): number {
    const { source, end = Infinity } = this.#subscription ?? {}
    return source && this.#core.length >= end ? Math.min(NO_PATH, source.hops + 1) : NO_PATH
  }

  add(candidate: Candidate): void {
    this.#candidates.add(candidate)
    this.select()
  }

  remove(candidate: Candidate): void {
    this.#candidates.delete(candidate)
    if (this.#subscription?.source === candidate) this.#restart()
    else this.select()
  }

  /**
   * Resolves to the length of the log, as the writer signed it, once a source has begun; where that
   * may take any source, to null if none can be had.
   */
  end({ anySource }: { anySource: boolean }): Promise<number | null> {
    if (this.#end !== null) return Promise.resolve(this.#end)
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (!anySource) return
      this.#patient = false
      this.select()
      this.#settleIfNone()
    })
  }

  /** Leaves out, from now on, only what lies before block `position`. */
  startAt(position: number): void {
    this.#skip = { from: position }
    this.#patient = false
    this.select()
  }

  /** Follows the best candidate, unless the present one is as good. */
  select(): void {
    if (this.#closed) return
    const current = this.#subscription?.source
    if (this.#subscription?.before) return
    const best = this.#best()
    if (!best || best === current) return
    if (current && current.hops <= best.hops) return
    this.#subscribe(best)
  }

  // where `rival` is asked for, of those that have more than the present source has sent
  #best(rival = false): Candidate | undefined {
    const now = Date.now()
    const source = this.#subscription?.source
    const able = [...this.#candidates].filter(
      (candidate) =>
        candidate.notBefore <= now &&
        this.#useful(candidate) &&
        (!rival || (candidate !== source && isAhead(candidate.peer, this.#core)))
    )
    return able.sort((a, b) => a.hops - b.hops || b.peer.remoteLength - a.peer.remoteLength)[0]
  }

  // who has no path to the writer is of use only for blocks that we lack, and who follows us hardly
  #useful(candidate: Candidate): boolean {
    const { fork, length } = this.#core
    const { peer, hops } = candidate
    if (peer.remoteSynced && peer.remoteFork !== fork) return false
    if (this.#patient && hops === NO_PATH) return false
    return peer.remoteLength > length || (hops < NO_PATH && !candidate.followsUs())
  }

  #subscribe(source: Candidate, before: Candidate | null = null): void {
    this.#leave()
    const { fork, length, manifest } = this.#core
    const skip = this.#skip
    const id = ++this.#lastId
    this.#subscription = {
      id,
      source,
      fork,
      length,
      begun: false,
      end: Infinity,
      next: length,
      movedAt: Date.now(),
      hunger: null,
      before,
      doubted: false,
      unacked: []
    }
    source.subscribe({
      id,
      fork,
      length,
      from: 'from' in skip ? Math.max(skip.from, length) : 0,
      tail: 'tail' in skip ? skip.tail : -1,
      manifest: manifest === null
    })
    this.#events.onsource()
  }

  #leave(): void {
    const { source } = this.#subscription ?? {}
    this.#subscription = null
    if (source && this.#candidates.has(source)) source.unsubscribe()
  }

  // what is told in between would let plain replication extend the log under the next source
  #restart(): void {
    const had = this.#subscription !== null
    this.#leave()
    this.select()
    if (!had || this.#subscription !== null) return
    this.#events.onsource()
    this.#events.onhops(this.hops)
  }

  /** The peer of `candidate`, which was `before` connections away from the writer, now says otherwise. */
  onhops(candidate: Candidate, before: number): void {
    const followed = this.#subscription?.source === candidate
    if (followed) this.#events.onhops(this.hops)
    this.select()
    // who goes to and fro would be turned to, and from, over and over
    const left = followed && this.#subscription?.source !== candidate
    if (left && candidate.hops > before) putOff(candidate)
  }

  /** The source of `message` can't serve us: another may, and it may later. */
  onrefuse(candidate: Candidate, { id }: Refuse): void {
    if (this.#subscription?.id !== id || this.#subscription.source !== candidate) return
    candidate.notBefore = Date.now() + RETRY_MS
    this.#goBack()
  }

  // every peer may be on trial, and prove to be of no use, once in an ever longer time
  #giveUp(candidate: Candidate): void {
    putOff(candidate)
    this.#goBack()
  }

  // to who was followed before the present source was on trial, else to the best
  #goBack(): void {
    const { before = null } = this.#subscription ?? {}
    if (before !== null && this.#candidates.has(before)) return this.#subscribe(before)
    this.#restart()
    this.#settleIfNone()
  }

  onbegin(candidate: Candidate, message: Begin): void {
    const subscription = this.#mine(candidate, message.id)
    if (subscription === null) return
    if (subscription.begun) return this.#misbehaved(candidate, 'began twice')
    subscription.begun = true
    subscription.next = message.start
    this.#enqueue(subscription, () => this.#begin(subscription, message))
  }

  async #begin(subscription: Subscription, { start, proof, end }: Begin): Promise<void> {
    const { source } = subscription
    if (proof?.manifest) await this.#core.core.setManifest(proof.manifest)
    if (subscription !== this.#subscription) return
    if (end !== null && !this.#isSigned(end)) {
      return this.#misbehaved(source, `claims ${end.length} blocks that the writer did not sign`)
    }
    if (proof !== null && isUpgrade(proof, this.#core.length, start)) {
      await this.#core.applyProof(proof)
    }
    if (subscription !== this.#subscription) return
    if (this.#core.length !== start) {
      if (this.#core.length !== subscription.length) return this.#restart()
      return this.#misbehaved(source, `began at block ${start} without a proof`)
    }
    const length = end?.length ?? 0
    const skip = this.#skip
    if ('tail' in skip && length - skip.tail > start + MAX_BLOCKS) {
      return this.#misbehaved(source, `began at block ${start} of ${length} for the last ones`)
    }
    subscription.end = length
    subscription.movedAt = Date.now()
    this.#events.onhops(this.hops)
    this.#skip = { from: 0 }
    this.#end = length
    this.#settle(length)
  }

  onbatch(candidate: Candidate, message: Batch): void {
    const subscription = this.#mine(candidate, message.id)
    if (subscription === null) return
    const { start, blocks } = message
    const bytes = blocks.reduce((sum, block) => sum + block.byteLength, 0)
    const pending = subscription.unacked.reduce((sum, batch) => sum + batch.bytes, 0)
    if (!subscription.begun || start !== subscription.next) {
      return this.#misbehaved(
        candidate,
        'sent a batch that does not begin where the last one ended'
      )
    }
    if (subscription.unacked.length >= WINDOW_BATCHES || pending >= WINDOW_BYTES) {
      return this.#misbehaved(candidate, 'sent more than it may ahead of our acknowledgements')
    }
    const end = start + blocks.length
    subscription.next = end
    subscription.unacked.push({ end, bytes })
    this.#enqueue(subscription, () => this.#apply(subscription, message))
  }

  async #apply(subscription: Subscription, { start, blocks, signature }: Batch): Promise<void> {
    // our log grew by other means: the source is not to blame
    if (this.#core.length !== start) return this.#restart()
    const { source, id, unacked } = subscription
    const appended = this.#session.append(blocks, { signature })
    this.#events.ondelivery({
      start,
      blocks,
      stored: appended.then(
        () => true,
        () => false
      ),
      release: () => {
        unacked.shift()
        subscription.movedAt = Date.now()
        if (subscription === this.#subscription) source.ack({ id, end: start + blocks.length })
      }
    })
    const { length, byteLength } = await appended
    this.#signedLengths.add(length, byteLength, signature)
    if (start < subscription.end && length >= subscription.end) this.#events.onhops(this.hops)
    subscription.movedAt = Date.now()
    source.failures = 0
    // it had what the one before did not send
    if (subscription.before) putOff(subscription.before)
    subscription.before = null
    this.#doubt(subscription, false)
  }

  #mine(candidate: Candidate, id: number): Subscription | null {
    const subscription = this.#subscription
    return subscription?.source === candidate && subscription.id === id ? subscription : null
  }

  // one after the other, and none once the subscription is over
  #enqueue(subscription: Subscription, job: () => Promise<void>): void {
    this.#applying = this.#applying.then(async () => {
      if (this.#closed || subscription !== this.#subscription) return
      const { fork, length } = this.#core
      try {
        await job()
      } catch (err) {
        if (this.#closed || this.#core.closing) return
        const moved = this.#core.fork !== fork || this.#core.length !== length
        const reason = `sent what the writer did not sign: ${messageOf(err)}`
        if (isOurs(err)) this.#events.onerror(err)
        else if (moved) this.#restart()
        else this.#misbehaved(subscription.source, reason)
      }
    })
  }

  // what a writer signs is the hash of the roots, with the length and the fork
  #isSigned({ length, nodes, signature }: Upgrade): boolean {
    const { state, verifier } = this.#core.core
    const tree = Object.assign(state.createTreeBatch(), { length, roots: nodes })
    return verifier !== null && verifier.verify(tree, signature)
  }

  /** What the peer of `candidate` sent is no message. */
  onfault(candidate: Candidate, err: Error): void {
    this.#misbehaved(candidate, `sent what cannot be read: ${err.message}`)
  }

  #misbehaved(candidate: Candidate, reason: string): void {
    candidate.notBefore = Infinity
    this.#events.onmisbehaviour(candidate.peer, reason)
    this.remove(candidate)
    this.#settleIfNone()
  }

  // what we hold back ourselves, for a reader that is slow, is no stall
  #watch(): void {
    // a new fork of the log, proven by some peer, is taken by no other means while a feed is followed
    void this.#core.update({ wait: false })
    const subscription = this.#subscription
    if (subscription === null) return this.select()
    const { source, unacked, movedAt, begun, before, end } = subscription
    const now = Date.now()
    const isHeldBack = begun && unacked.length > 0
    const othersAhead = this.#core.peers.some(
      (peer) => peer !== source.peer && isAhead(peer, this.#core)
    )
    if (!othersAhead) this.#hungryFor = HUNGRY_MS
    subscription.hunger ??= { since: now, byteLength: this.#core.byteLength }
    const { since, byteLength } = subscription.hunger
    const isFed = this.#core.byteLength - byteLength >= MAX_BYTES
    if (isHeldBack || !othersAhead || isFed) subscription.hunger = null
    const isHungry = subscription.hunger !== null && now - since >= this.#hungryFor
    const isSilent = !isHeldBack && now - movedAt >= STALLED_MS
    if (!isSilent && !isHungry) return

    const owes = isAhead(source.peer, this.#core) || this.#core.length < end
    if (isSilent && (!begun || before || owes)) return this.#giveUp(source)
    // the source may be cut off from the writer, or others may lie: these have to show what they have
    const rival = othersAhead ? this.#best(true) : undefined
    if (rival) {
      if (isHungry) this.#hungryFor = Math.min(2 * this.#hungryFor, MAX_RETRY_MS)
      return this.#subscribe(rival, source)
    }
    if (!isSilent) return
    this.#doubt(subscription, othersAhead)
    if (othersAhead) return
    subscription.movedAt = now
    this.select()
  }

  #doubt(subscription: Subscription, doubted: boolean): void {
    if (subscription.doubted === doubted) return
    subscription.doubted = doubted
    this.#events.onsource()
  }

  #settleIfNone(): void {
    if (this.#subscription === null && !this.#patient) this.#settle(null)
  }

  #settle(end: number | null): void {
    for (const resolve of this.#waiting.splice(0)) resolve(end)
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#stallTimer !== null) clearInterval(this.#stallTimer)
    this.#subscription = null
    this.#settle(null)
    await this.#applying
    await this.#session.close()
  }
}

/** Whether `peer` claims blocks that `core` has not. */
export function isAhead({ remoteLength, remoteFork }: Peer, { length, fork }: Hypercore): boolean {
  return remoteLength > length && remoteFork === fork
}

function putOff(candidate: Candidate): void {
  candidate.notBefore = Date.now() + Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** candidate.failures++)
}

/** Whether `proof` takes a log of `length` blocks to one of `start`, and does no more. */
function isUpgrade({ block, hash, seek, upgrade }: Proof, length: number, start: number): boolean {
  if (block || hash || seek || !upgrade || upgrade.additionalNodes.length > 0) return false
  return start > length && upgrade.start === length && upgrade.start + upgrade.length === start
}

/**
 * Whether `err` is a matter of this machine, such as a disk that is full. Whatever else checking a
 * message brings about is the sender's fault: Hypercore takes the form of proofs and signatures for
 * granted, and throws what decoding them throws.
 */
function isOurs(err: unknown): boolean {
  const code = codeOf(err)
  if (err instanceof Error && err.name === 'HypercoreError') return !BLAME.has(code)
  return err instanceof AggregateError || causeOf(err) !== err || /^E[A-Z0-9]+$/.test(code)
}

/** Errors of Hypercore that only data which the writer did not sign brings about. */
const BLAME = new Set([
  'INVALID_SIGNATURE',
  'INVALID_CHECKSUM',
  'INVALID_PROOF',
  'INVALID_OPERATION',
  'BAD_ARGUMENT'
])
