import { announceDelay, endsOf, isToldAll } from '../../shared/feed/announce-delay.ts'
import { NO_PATH } from '../../shared/feed/messages.ts'
import {
  type Choice,
  type Decision,
  RETRY_MS,
  SILENCE_MS,
  choose,
  isUsable,
  REVIEW_MS,
  replace,
  retryDelay,
  review
} from '../../shared/feed/source-policy.ts'
import { ASK_MS } from '../../shared/limits/dead-connections.ts'
import { STALL_TIMEOUT_MS } from '../../shared/replication/stall-detector.ts'
import { LOOK_MS } from './dialler.ts'
import type { End } from './end.ts'
import type { Peer } from './peer.ts'
import type { World } from './world.ts'

/** What a peer does that claims to be the writer, and never sends a line. */
const LIES = ['does not answer', 'begins where it is asked', 'claims more than there is'] as const
const MORE = 1_000_000
/** Plain replication is not simulated, nor what readers tell each other while they catch up. */
const FOLLOWING = { source: {}, contested: false, catchesUp: false }
/** One packet comes after the other. */
const PACKET_MS = 0.1

/** What a peer has of the log, whom it follows, and who follows it: the policy of the feed. */
export class Feed {
  readonly #world: World
  readonly #peer: Peer
  readonly #phase: number
  readonly #lie: (typeof LIES)[number] | null
  length = 0
  source: End | null = null
  #fallback: End | null = null
  #provenEnd = Infinity
  #movedAt = 0
  #heardAt = 0
  /** Since when another peer is seen to be ahead; null while none is. */
  #starvedSince: number | null = null
  #starvations = 0
  #hasBegun = false
  #hasDied = false
  #reviewing = false
  /** Since when there is no path to the writer; null while there is one. */
  lostAt: number | null = null

  constructor(world: World, peer: Peer) {
    this.#world = world
    this.#peer = peer
    this.#phase = world.random.below(REVIEW_MS)
    this.#lie = peer.kind === 'liar' ? world.random.pick(LIES) : null
    if (this.#lie === 'claims more than there is') this.length = MORE
    if (this.#isReader) this.lostAt = world.now
  }

  /** Connections between us and the writer. A liar is as near as can be. */
  get hops(): number {
    if (!this.#isReader) return 0
    if (this.source === null || this.#hasDied || this.length < this.#provenEnd) return NO_PATH
    return Math.min(NO_PATH, this.source.hops + 1)
  }

  /** Whether there is a path to the writer by what the source claims, whether or not it has begun. */
  get claimsPath(): boolean {
    if (!this.#isReader) return true
    return this.source !== null && !this.source.seemsDead && this.source.hops + 1 < NO_PATH
  }

  /** The writer has one more line. */
  append(): void {
    this.length++
    this.#forward()
  }

  /** A connection is open: its peer is told how far we are, and how long our log is. */
  opened(end: End): void {
    if (!end.open) return
    this.#tell(end)
    this.#sendHops(end)
  }

  /** A connection has ended. */
  closed(end: End): void {
    if (this.#fallback === end) this.#fallback = null
    if (this.source === end) this.#carryOut(replace(this.#choice(null), this.#world.now))
  }

  /** The peer at the other end acknowledges nothing. */
  suspect(end: End): void {
    end.seemsDead = true
    this.askForLife()
    if (this.source === end) this.#reviewLater()
  }

  /** One peer may have died, and others with it: all are asked for a sign of life. */
  askForLife(): void {
    this.#world.after(LOOK_MS * this.#world.chance(), () => {
      for (const other of this.#peer.ends.values()) this.#askForLife(other)
    })
  }

  #askForLife(end: End): void {
    if (this.#world.now - end.askedForLifeAt < ASK_MS) return
    end.askedForLifeAt = this.#world.now
    if (!end.isSilent) end.silentSince = this.#world.now
    end.isSilent = true
    this.#send(end, (their) => end.peer.feed.#acknowledge(their))
  }

  // a packet that shows that we are alive, and nothing else
  #acknowledge(end: End): void {
    this.#send(end, () => {})
  }

  get #isReader(): boolean {
    return this.#peer.kind === 'reader'
  }

  #choice(source: End | null): Choice<End> {
    const progress = source && {
      source,
      fallback: this.#fallback,
      provenEnd: this.#provenEnd,
      heldBack: false,
      movedAt: this.#movedAt,
      starvedSince: this.#starvedSince,
      hasDied: this.#hasDied
    }
    return {
      candidates: [...this.#peer.ends.values()],
      log: { length: this.length, fork: 0 },
      progress,
      requirePath: !this.#hasBegun
    }
  }

  // ---- following

  #carryOut(decision: Decision<End>): void {
    const { source } = this
    const { now } = this.#world
    if (decision.do === 'abandon' && source !== null) {
      this.#failed(source, retryDelay(source.failures++))
      this.#carryOut(replace(this.#choice(source), now))
    }
    if (decision.do === 'leave') {
      this.#unsubscribe()
      this.#tellHops()
    }
    if (decision.do === 'follow') {
      this.#unsubscribe()
      this.source = decision.source
      this.#hasDied = false
      this.#fallback = decision.fallback
      this.#movedAt = now
      this.#starvedSince = null
      this.#subscribe(decision.source)
      this.#reviewLater()
      this.#notePath()
    }
  }

  #subscribe(end: End): void {
    const { length } = this
    this.#send(end, (their) => end.peer.feed.#subscribed(their, length))
  }

  #unsubscribe(): void {
    const { source } = this
    this.source = null
    this.#fallback = null
    this.#provenEnd = Infinity
    if (source?.open) this.#send(source, (their) => (their.followsUs = false))
  }

  #subscribed(end: End, asked: number): void {
    if (this.#lie !== null && this.#lie !== 'begins where it is asked') return
    const length = this.#lie === null ? this.length : asked
    end.followsUs = length >= asked
    this.#send(end, (their) => {
      if (length >= asked) end.peer.feed.#begun(their, length)
      else end.peer.feed.#refused(their)
    })
  }

  #refused(end: End): void {
    if (this.source !== end) return
    this.#failed(end, RETRY_MS)
    this.#carryOut(replace(this.#choice(end), this.#world.now))
  }

  #begun(end: End, length: number): void {
    if (this.source !== end) return
    this.#hasBegun = true
    this.#provenEnd = length
    this.#movedAt = this.#heardAt = this.#world.now
    this.#take(end, length)
    this.#tellHops()
  }

  #take(end: End, length: number): void {
    if (this.source !== end || length <= this.length) return
    this.#movedAt = this.#heardAt = this.#world.now
    end.failures = end.retryAt = 0
    if (this.#fallback !== null) {
      this.#failed(this.#fallback, retryDelay(this.#fallback.failures++))
      this.#fallback = null
    }
    this.#grow(length)
  }

  #grow(length: number): void {
    if (length <= this.length) return
    this.length = length
    this.#world.has(this.#peer, length)
    this.#forward()
  }

  #failed(end: End, delay: number): void {
    end.retryAt = this.#world.now + delay
    // the first review after that may choose it again
    this.#world.after(delay, () => this.#peer.alive && this.#reviewLater())
  }

  // Hypercore's own replication asks every peer for what it claims; one that does not send it is dropped
  #askAll(): void {
    for (const end of [...this.#peer.ends.values()]) {
      if (end.claimedLength <= this.length) continue
      if (this.#world.now - end.askedAt >= STALL_TIMEOUT_MS) this.#peer.drop(end)
      if (end.askedAt < Infinity) continue
      end.askedAt = this.#world.now
      this.#send(end, (their) => end.peer.feed.#asked(their))
    }
  }

  #asked(end: End): void {
    const { length } = this
    if (this.#lie !== null) return
    this.#send(end, (their) => {
      their.askedAt = Infinity
      end.peer.feed.#grow(length)
    })
  }

  // reviews by which nothing changes are left out
  #reviewLater(): void {
    if (this.#reviewing || !this.#isReader) return
    this.#reviewing = true
    const since = (this.#world.now - this.#phase + REVIEW_MS) % REVIEW_MS
    this.#world.after(REVIEW_MS - since, () => {
      this.#reviewing = false
      if (this.#peer.alive) this.#review()
    })
  }

  #review(): void {
    const { now } = this.#world
    const { source } = this
    let othersAhead = false
    let mayBeUsed = false
    const candidate = { log: { length: this.length, fork: 0 }, requirePath: !this.#hasBegun }
    for (const end of this.#peer.ends.values()) {
      if (end !== source && end.claimedLength > this.length) othersAhead = true
      if (source === null && isUsable({ ...end, retryAt: 0 }, candidate, 0)) mayBeUsed = true
    }
    if (!othersAhead) this.#starvations = 0
    this.#starvedSince = othersAhead ? (this.#starvedSince ?? now) : null
    const hadDied = this.#hasDied
    this.#hasDied = source !== null && source.seemsDead && now - this.#heardAt >= SILENCE_MS
    if (this.#hasDied !== hadDied) this.#tellHops()
    if (source?.seemsDead) for (const end of this.#peer.ends.values()) this.#askForLife(end)
    const decision = review(
      { ...this.#choice(source), othersAhead, starvations: this.#starvations },
      now
    )
    if (decision.do === 'follow' && this.#hasDied && source !== null) {
      this.#failed(source, RETRY_MS)
    }
    this.#carryOut(decision)
    if (decision.do === 'follow' && decision.starved) this.#starvations++
    if (decision.do === 'contest') this.#askAll()
    if (decision.do === 'idle') {
      this.#movedAt = now
      this.#carryOut(choose(this.#choice(source), now))
    }
    const owed = source !== null && (this.#fallback !== null || this.length < this.#provenEnd)
    const isUseless = this.source?.seemsDead || this.source?.hops === NO_PATH
    if (othersAhead || owed || mayBeUsed || isUseless) this.#reviewLater()
  }

  // a review that finds a silence in which no peer is ahead lets it begin anew
  #catchUp(): void {
    if (this.#reviewing) return
    const silence = this.#world.now - this.#movedAt
    this.#movedAt += silence - (silence % SILENCE_MS)
  }

  #onHops(end: End, hops: number): void {
    const before = end.hops
    end.hops = hops
    this.#tell(end)
    if (!this.#isReader) return
    const { source } = this
    if (source === end) this.#tellHops()
    this.#carryOut(choose(this.#choice(source), this.#world.now))
    if (source === end && this.source !== end && hops > before) {
      this.#failed(end, retryDelay(end.failures++))
    }
  }

  #onLength(end: End, length: number): void {
    if (length > this.length && this.#isReader) this.#catchUp()
    end.claimedLength = Math.max(end.claimedLength, length)
    if (end.claimedLength > this.length) this.#reviewLater()
  }

  // ---- being followed

  #forward(): void {
    let nth = 0
    for (const end of this.#peer.ends.values()) {
      if (end.followsUs) this.#sendBatch(end, nth++)
      this.#announceLater(end)
    }
    if (this.#peer.kind === 'writer') this.#world.fanOut = nth
  }

  #sendBatch(end: End, nth: number): void {
    const { length } = this
    // it is acknowledged
    this.#world.packets++
    this.#send(end, (their) => end.peer.feed.#take(their, length), PACKET_MS * nth)
  }

  #announceLater(end: End): void {
    if (end.hops === NO_PATH) return this.#tell(end)
    if (end.telling) return
    end.telling = true
    const follower = this.#peer.kind === 'writer' ? null : FOLLOWING
    const rest = announceDelay({
      ...endsOf(follower, end.hops),
      sinceTold: this.#world.now - end.toldAt
    })
    this.#world.after(rest * this.#world.jitter(), () => {
      end.telling = false
      const isNews = end.claimedLength < this.length
      const isTold = isNews || isToldAll(endsOf(follower, end.hops))
      if (isTold && this.#peer.alive && end.open) this.#tell(end)
    })
  }

  #tell(end: End): void {
    const { length } = this
    if (end.toldLength >= length) return
    end.toldLength = length
    end.toldAt = this.#world.now
    this.#send(end, (their) => end.peer.feed.#onLength(their, length))
  }

  #tellHops(): void {
    for (const end of this.#peer.ends.values()) this.#sendHops(end)
    this.#notePath()
  }

  #sendHops(end: End): void {
    const { hops } = this
    if (end.toldHops === hops) return
    end.toldHops = hops
    this.#send(end, (their) => end.peer.feed.#onHops(their, hops))
  }

  #notePath(): void {
    if (!this.#isReader) return
    this.#world.path(this.#peer, this.hops < NO_PATH)
    if (!this.claimsPath) this.#peer.dialler.lookLater()
  }

  /** Has `arrive` called with the end of the peer that `end` leads to, when a message is there. */
  #send(end: End, arrive: (their: End) => void, delay = 0): void {
    this.#world.packets++
    if (!end.peer.alive) this.#peer.unanswered(end)
    this.#world.send(end.peer, () => end.open && this.#arrive(end.other, arrive), delay)
  }

  #arrive(end: End, arrive: (their: End) => void): void {
    end.isSilent = false
    arrive(end)
  }
}
