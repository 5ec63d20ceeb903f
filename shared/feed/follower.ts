import type { Hypercore, Peer } from 'hypercore'
import { now } from '../limits/clock.ts'
import type { Candidate, FeedPeer } from './candidate.ts'
import type { FollowerEvents } from './events.ts'
import { Intake } from './intake.ts'
import { type Batch, type Begin, NO_PATH, type Refuse } from './messages.ts'
import { Selection } from './selection.ts'
import { type Decision, REVIEW_MS } from './source-policy.ts'
import { OpenStart, type Start } from './start.ts'
import { Subscription, requestOf } from './subscription.ts'
import type { Verifier } from './verifier.ts'

/**
 * Follows one source at a time, as the policy decides: subscribes to it, and has its messages taken.
 * A peer that sends what no honest peer sends is reported, and never asked again.
 */
export class Follower {
  readonly #core: Hypercore
  readonly #events: FollowerEvents
  readonly #verifier: Verifier
  readonly #intake: Intake
  readonly #selection: Selection
  readonly #timer: Timer
  #subscription: Subscription<Candidate> | null = null
  readonly #start: OpenStart
  #closed = false

  constructor(core: Hypercore, verifier: Verifier, start: Start, events: FollowerEvents) {
    this.#core = core
    this.#verifier = verifier
    this.#events = events
    this.#start = new OpenStart(start, now())
    this.#intake = new Intake(verifier, now, {
      ondelivery: (delivery) => events.ondelivery(delivery),
      onbegun: (end, before) => this.#begun(end, before),
      onstored: (subscription, start, end) => this.#stored(subscription, start, end),
      onlogmoved: () => this.#restart(),
      onoffence: (peer, reason) => this.accuse(peer, reason),
      onerror: (err) => events.onerror(err)
    })
    // where the log ends is asked of a peer with a path to the writer, while there may be one
    this.#selection = new Selection(core, { requirePath: 'tail' in start })
    core.on('truncate', () => this.#restart({ forgive: true }))
    this.#timer = setInterval(() => this.#review(), REVIEW_MS)
  }

  /** The peer that is followed at present. */
  get source(): Peer | null {
    return this.#subscription?.source.channel.peer ?? null
  }

  /** Whether the source is silent while a peer that can't be followed claims more. */
  get contested(): boolean {
    return this.#subscription?.contested ?? false
  }

  /** Connections between this peer and the writer along the feed, as all peers are told. */
  get hops(): number {
    return this.#selection.hops(this.#subscription)
  }

  /** Whether a source is followed that lives, and there is no path by it yet. */
  get catchesUp(): boolean {
    return this.#subscription?.hasDied === false && this.hops === NO_PATH
  }

  add(peer: FeedPeer): void {
    this.#selection.add(peer)
    this.#choose()
  }

  remove(peer: FeedPeer): void {
    this.#selection.remove(peer)
    if (this.#subscription?.source.channel === peer) this.#restart()
    else this.#choose()
  }

  /** Leaves out, from now on, only what lies before block `position`. */
  startAt(position: number): void {
    this.#start.startAt(position)
    this.acceptAnySource()
  }

  /** Follows a peer without a path to the writer too; the end is reported as null where none is left. */
  acceptAnySource(): void {
    this.#selection.acceptAnySource()
    this.#choose()
    this.#reportIfNone()
  }

  /** `peer`, which was `previousHops` connections away from the writer, now says otherwise. */
  onhops(peer: FeedPeer, previousHops: number): void {
    this.#events.onhops(peer.peer, peer.hops)
    const source = this.#subscription?.source
    const followed = source?.channel === peer
    if (followed) this.#selection.sendHops(this.#subscription)
    // a log has one writer: of two that say they are it, one was started again
    else if (peer.hops === 0 && source?.hops === 0) source.channel.askForLife()
    this.#choose()
    const left = followed && this.#subscription?.source !== source
    // a peer that keeps changing its hops would be followed and left over and over
    if (left && peer.hops > previousHops) source.failed(now())
  }

  onbegin(peer: FeedPeer, message: Begin): void {
    const subscription = this.#of(peer, message.id)
    if (subscription !== null) this.#intake.begin(subscription, message)
  }

  onbatch(peer: FeedPeer, message: Batch): void {
    const subscription = this.#of(peer, message.id)
    if (subscription !== null) this.#intake.batch(subscription, message)
  }

  /** The peer can't serve us: another may, and it may later. */
  onrefuse(peer: FeedPeer, { id }: Refuse): void {
    const subscription = this.#of(peer, id)
    subscription?.source.refused(now())
    if (subscription !== null) this.#replace()
  }

  /** The writer has said what it keeps: where our log ends before that, we ask anew, and leap. */
  onkept(): void {
    if (!this.#verifier.ownLog.leaps || this.#subscription?.request.leaps) return
    this.#restart({ forgive: true })
  }

  /** `peer` sent what no honest peer sends, for this `reason`. */
  accuse(peer: FeedPeer, reason: string): void {
    this.#selection.remove(peer)
    this.#events.onoffence(peer.peer, reason)
    this.remove(peer)
    this.#reportIfNone()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#timer)
    this.#subscription?.end()
    this.#subscription = null
    this.#events.onend(null)
    await this.#intake.close()
  }

  #of(peer: FeedPeer, id: number): Subscription<Candidate> | null {
    const subscription = this.#subscription
    const isIts = subscription?.source.channel === peer && subscription.request.id === id
    return isIts ? subscription : null
  }

  #begun(end: number, before: number): void {
    this.#selection.sendHops(this.#subscription)
    this.#events.onend(this.#start.answer(end, before))
  }

  #stored(subscription: Subscription<Candidate>, start: number, end: number): void {
    const { provenEnd } = subscription
    if (start < provenEnd && end >= provenEnd) this.#selection.sendHops(this.#subscription)
    if (subscription.contest(false)) this.#events.onchange()
  }

  #choose(): void {
    this.#carryOut(this.#selection.choose(this.#subscription, now()))
  }

  // what has not been asked yet is asked of the best peer
  #restart({ forgive = false } = {}): void {
    if (forgive) this.#selection.forgiveAll()
    this.#carryOut(this.#selection.replace(null, now()))
  }

  #replace(): void {
    this.#carryOut(this.#selection.replace(this.#subscription, now()))
    this.#reportIfNone()
  }

  #review(): void {
    // a new fork of the log, proven by some peer, is taken by no other means while a feed is followed
    // what keeps it from being taken is told where it is applied
    this.#core.update({ wait: false }).catch(() => {})
    this.#carryOut(this.#selection.review(this.#subscription, now()))
  }

  #carryOut(decision: Decision<Candidate>): void {
    const subscription = this.#subscription
    if (this.#closed) return
    if (decision.do === 'follow') return this.#subscribe(decision.source, decision.fallback)
    if (subscription === null || decision.do === 'stay') return
    if (decision.do === 'abandon') return this.#replace()
    if (decision.do === 'leave') {
      this.#leave()
      this.#events.onchange()
      return this.#selection.sendHops(this.#subscription)
    }
    if (subscription.contest(decision.do === 'contest')) this.#events.onchange()
    if (decision.do === 'idle') this.#choose()
  }

  // Nothing is told before the new source is asked: else plain replication would extend the log.
  #subscribe(source: Candidate, fallback: Candidate | null): void {
    this.#leave()
    const waited = this.#start.waited(now())
    const log = this.#verifier.ownLog
    const request = requestOf(log, source.nextId(), this.#start.skip, waited)
    this.#subscription = new Subscription(source, request, fallback, now())
    source.channel.subscribe(request)
    this.#events.onchange()
  }

  #leave(): void {
    const peer = this.#subscription?.source.channel
    this.#subscription?.end()
    this.#subscription = null
    if (peer !== undefined && this.#selection.has(peer)) peer.unsubscribe()
  }

  #reportIfNone(): void {
    if (this.#subscription === null && !this.#selection.requirePath) this.#events.onend(null)
  }
}
