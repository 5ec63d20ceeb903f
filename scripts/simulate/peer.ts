import { NO_PATH } from '../../shared/feed/messages.ts'
import {
  type Choice,
  type Decision,
  RETRY_MS,
  choose,
  isUsable,
  replace,
  retryDelay,
  review
} from '../../shared/feed/source-policy.ts'
import {
  ADVICE,
  DialPolicy,
  OWN_CHOICE,
  READER,
  WRITER,
  admit,
  awayFor,
  dialUpTo,
  takeAdvice
} from '../../shared/swarm/overlay-policy.ts'
import type { World } from './world.ts'

/** How often it is looked whether more peers are needed, and whether the source is silent. */
const LOOK_MS = 1000
const REVIEW_MS = 500
/** What a reader knows of new blocks that its source does not bring, peers announce after this long. */
const ANNOUNCE_MS = 4000
/** A connection that is open takes three times the way there and back; a dead peer is given up on. */
const DIAL_TRIPS = 3
const DIAL_TIMEOUT_MS = 4000
/** By then a peer that was killed is noticed, where nothing is sent. */
const DEAD_MS = 15_000
const REFRESH_MS = 4000
const MAX_REFRESH_MS = 30_000

/** One end of a connection: what a peer knows of the one at the other end. */
export class End {
  readonly peer: Peer
  readonly own: boolean
  other!: End
  open = true
  hops = NO_PATH
  followsUs = false
  claimedLength = 0
  readonly claimedFork = 0
  retryAt = 0
  failures = 0

  constructor(peer: Peer, own: boolean) {
    this.peer = peer
    this.own = own
  }
}

/** What a peer of the simulation is. */
export type Kind = 'writer' | 'reader' | 'liar'

/** A peer of the simulated network: the policies of the apps, with nothing but plain data around them. */
export class Peer {
  readonly #world: World
  readonly id: number
  readonly kind: Kind
  readonly ends = new Map<Peer, End>()
  readonly #dialling = new Set<Peer>()
  readonly #dials = new DialPolicy()
  readonly #away = new Map<Peer, { times: number; until: number }>()
  #queue: Peer[] = []
  #followed: Peer[] = []
  #dialled = { opened: 0, failed: 0 }
  alive = true
  length = 0
  source: End | null = null
  #fallback: End | null = null
  #provenEnd = Infinity
  #movedAt = 0
  #reviewing = false
  #announcing = false
  #looking = false
  #told = NO_PATH
  /** Since when there is no path to the writer; null while there is one. */
  lostAt: number | null
  #refresh = REFRESH_MS
  #refreshAt = 0
  #refusals = 0
  #pausedUntil = 0

  constructor(world: World, id: number, kind: Kind) {
    this.#world = world
    this.id = id
    this.kind = kind
    this.lostAt = kind === 'reader' ? world.now : null
    if (kind !== 'reader') this.#told = 0
    this.#look()
  }

  /** Connections between us and the writer. A liar is as near as can be. */
  get hops(): number {
    if (this.kind !== 'reader') return 0
    if (this.source === null || this.length < this.#provenEnd) return NO_PATH
    return Math.min(NO_PATH, this.source.hops + 1)
  }

  get #degree() {
    return this.kind === 'writer' ? WRITER : READER
  }

  /** The writer has one more line. */
  append(): void {
    this.length++
    this.#forward()
  }

  /** Leaves: in order, or without a word, so that the others notice late. */
  leave(inOrder: boolean): void {
    this.alive = false
    for (const { other } of this.ends.values()) {
      const delay = inOrder
        ? this.#world.latency()
        : DEAD_MS * (0.5 + this.#world.random.below(1000) / 1000)
      this.#world.after(delay, () => other.peer.ends.size > 0 && close(other))
    }
  }

  // ---- the overlay

  #look(): void {
    this.#looking = false
    if (!this.alive) return
    const { now } = this.#world
    if (this.#queue.length === 0 && now >= this.#refreshAt && this.#needsPeers()) {
      this.#refreshAt = now + this.#refresh
      this.#refresh = Math.min(MAX_REFRESH_MS, this.#refresh * 1.5)
      this.#world.lookUp(this, (found) => {
        this.#queue = found.filter((peer) => peer !== this)
        this.#dial()
      })
    }
    this.#dial()
    if (this.ends.size + this.#dialling.size < this.#upTo() || this.lostAt !== null) {
      this.#lookLater()
    }
  }

  #lookLater(): void {
    if (this.#looking) return
    this.#looking = true
    this.#world.after(LOOK_MS * (0.5 + this.#world.random.below(1000) / 1000), () => this.#look())
  }

  #needsPeers(): boolean {
    return this.ends.size === 0 || (this.lostAt !== null && this.#world.now - this.lostAt > LOOK_MS)
  }

  #upTo(): number {
    let own = this.#dialling.size
    for (const end of this.ends.values()) if (end.own) own++
    const lostFor = this.lostAt === null ? 0 : this.#world.now - this.lostAt
    const connections = this.ends.size + this.#dialling.size
    if (own - this.#dialling.size >= OWN_CHOICE) this.#refusals = 0
    const paused = this.#world.now < this.#pausedUntil
    return dialUpTo({ connections, own, lostFor, paused }, this.#degree)
  }

  #dial(): void {
    const upTo = this.#upTo()
    while (this.#queue.length > 0 && this.#dialling.size < this.#dials.atOnce) {
      if (this.ends.size + this.#dialling.size >= upTo) return
      const peer = this.#queue.pop()
      if (peer !== undefined && this.#isNew(peer)) this.#dialOne(peer)
    }
  }

  #isNew(peer: Peer): boolean {
    if (peer === this || this.ends.has(peer) || this.#dialling.has(peer)) return false
    return (this.#away.get(peer)?.until ?? 0) <= this.#world.now
  }

  #dialOne(peer: Peer): void {
    this.#world.dials++
    this.#dialling.add(peer)
    const takes = peer.alive ? DIAL_TRIPS * 2 * this.#world.latency() : DIAL_TIMEOUT_MS
    this.#world.after(takes, () => {
      this.#dialling.delete(peer)
      if (!this.alive) return
      const open = peer.alive && !this.ends.has(peer)
      this.#dialled = {
        opened: this.#dialled.opened + Number(open),
        failed: this.#dialled.failed + Number(!open)
      }
      this.#dials.observe(this.#dialled, this.#world.now)
      if (open) this.#connect(peer)
      this.#dial()
    })
  }

  #connect(peer: Peer): void {
    const [mine, theirs] = [new End(peer, true), new End(this, false)]
    mine.other = theirs
    theirs.other = mine
    this.ends.set(peer, mine)
    peer.ends.set(this, theirs)
    this.#world.packets += 12
    peer.#judge(theirs, this.hops < NO_PATH)
    this.#judge(mine, peer.hops < NO_PATH)
    for (const [from, end] of [
      [this, mine],
      [peer, theirs]
    ] as const) {
      if (end.open) from.#tell(end)
    }
  }

  #judge(newcomer: End, hasPath: boolean): void {
    if (!newcomer.open) return
    const others = [...this.ends.values()].filter((end) => end !== newcomer)
    const admission = admit(
      { end: newcomer, hasPath, own: newcomer.own, inUse: false },
      others.map((end) => this.#neighbour(end)),
      this.#degree
    )
    if (admission.do === 'turn away') this.#turnAway(newcomer)
    if (admission.do === 'replace') this.#turnAway(admission.neighbour.end)
  }

  #neighbour(end: End) {
    const inUse = end.followsUs || end === this.source
    return { end, hasPath: end.hops < NO_PATH, own: end.own, inUse }
  }

  #turnAway(end: End): void {
    this.#world.refusals++
    const able = [...this.ends.values()].filter((one) => one !== end && one.hops < NO_PATH)
    const advice = this.#world.some(able, ADVICE).map(({ peer }) => peer)
    const { peer } = end
    close(end)
    this.#world.send(this, peer, () => peer.#onFull(this, advice))
  }

  #onFull(from: Peer, advice: Peer[]): void {
    const { now, random } = this.#world
    const times = this.#away.get(from)?.times ?? 0
    this.#away.set(from, {
      times: times + 1,
      until: now + awayFor(times, random.below(1000) / 1000)
    })
    this.#pausedUntil = now + awayFor(this.#refusals++, random.below(1000) / 1000)
    this.#followed = this.#followed.filter(
      (peer) => this.ends.has(peer) || this.#dialling.has(peer)
    )
    const strangers = advice.filter((peer) => this.#isNew(peer))
    for (const peer of takeAdvice(strangers, this.#followed.length)) {
      if (this.ends.size + this.#dialling.size >= this.#upTo()) return
      this.#followed.push(peer)
      this.#dialOne(peer)
    }
    this.#lookLater()
  }

  // ---- the feed

  /** A connection has ended. */
  closed(end: End): void {
    if (this.ends.get(end.peer) === end) this.ends.delete(end.peer)
    if (!this.alive) return
    if (this.#fallback === end) this.#fallback = null
    if (this.source === end) this.#follow(replace(this.#choice(null), this.#world.now))
    this.#lookLater()
  }

  #choice(source: End | null): Choice<End> {
    const log = { length: this.length, fork: 0 }
    const progress = source && {
      source,
      fallback: this.#fallback,
      provenEnd: this.#provenEnd,
      heldBack: false,
      movedAt: this.#movedAt,
      starvedSince: null
    }
    return { candidates: this.ends.values(), log, progress, requirePath: false }
  }

  #follow(decision: Decision<End>): void {
    const old = this.source
    if (decision.do === 'abandon' && old !== null) {
      old.retryAt = this.#world.now + retryDelay(old.failures++)
      return this.#follow(replace(this.#choice(old), this.#world.now))
    }
    if (decision.do === 'leave') {
      this.source = null
      this.#provenEnd = Infinity
    }
    if (decision.do === 'follow') {
      const { source } = decision
      this.source = source
      this.#fallback = decision.fallback
      this.#provenEnd = Infinity
      this.#movedAt = this.#world.now
      this.#world.send(
        this,
        source.peer,
        () => source.other.open && source.peer.#subscribed(source.other)
      )
      this.#reviewLater()
    }
    if (old !== null && old !== this.source && old.open) {
      this.#world.send(this, old.peer, () => {
        old.other.followsUs = false
      })
    }
    this.#hopsMayHaveChanged()
  }

  #subscribed(end: End): void {
    if (this.kind === 'liar') return
    const { length } = this
    if (end.other.peer !== this) return
    end.followsUs = true
    this.#world.send(this, end.peer, () => end.other.open && end.peer.#begun(end.other, length))
  }

  #begun(end: End, length: number): void {
    if (this.source !== end) return
    this.#provenEnd = length
    this.#take(end, length)
    this.#hopsMayHaveChanged()
  }

  #take(end: End, length: number): void {
    if (this.source !== end) return
    this.#movedAt = this.#world.now
    if (length > this.length) {
      this.#fallback = null
      end.failures = 0
      this.length = length
      this.#world.has(this, length)
      this.#forward()
    }
  }

  // the connection's own pace: one packet after the other
  #forward(): void {
    const { length } = this
    let nth = 0
    for (const end of this.ends.values()) {
      if (!end.followsUs) continue
      this.#world.packets++
      this.#world.send(
        this,
        end.peer,
        () => end.other.open && end.peer.#take(end.other, length),
        0.1 * nth++
      )
    }
    if (this.kind === 'writer') this.#world.fanOut = Math.max(this.#world.fanOut, nth)
    if (this.#announcing) return
    this.#announcing = true
    this.#world.after(ANNOUNCE_MS * (0.5 + this.#world.random.below(1000) / 1000), () =>
      this.#announce()
    )
  }

  #announce(): void {
    this.#announcing = false
    if (!this.alive) return
    const { length } = this
    for (const end of this.ends.values()) {
      if (end.followsUs) continue
      this.#world.packets++
      this.#world.send(this, end.peer, () => end.other.open && end.peer.#claimed(end.other, length))
    }
  }

  #claimed(end: End, length: number): void {
    end.claimedLength = Math.max(end.claimedLength, length)
    if (end.claimedLength <= this.length || this.kind !== 'reader') return
    if (!this.#reviewing) {
      // a silence in which nobody was ahead does not count
      this.#movedAt = Math.max(this.#movedAt, this.#world.now - this.#world.random.below(2000))
    }
    this.#reviewLater()
  }

  #reviewLater(): void {
    if (this.#reviewing) return
    this.#reviewing = true
    this.#world.after(REVIEW_MS, () => this.#review())
  }

  #review(): void {
    this.#reviewing = false
    if (!this.alive || this.kind !== 'reader') return
    const { now } = this.#world
    let othersAhead = false
    for (const end of this.ends.values()) {
      if (end !== this.source && end.claimedLength > this.length) othersAhead = true
    }
    const choice = this.#choice(this.source)
    this.#follow(review({ ...choice, othersAhead, starvations: 0 }, now))
    const waits = this.#fallback !== null || this.length < this.#provenEnd
    if (othersAhead || (this.source !== null && waits)) this.#reviewLater()
    else if (this.source === null && this.#hasRetry()) this.#reviewLater()
  }

  #hasRetry(): boolean {
    const log = { length: this.length, fork: 0 }
    for (const end of this.ends.values()) {
      if (end.retryAt > 0 && isUsable({ ...end, retryAt: 0 }, { log, requirePath: false }, 0)) {
        return true
      }
    }
    return false
  }

  // tells how far we are, and how long our log is, on a connection that is new
  #tell(end: End): void {
    const { length } = this
    const hops = this.hops
    this.#world.send(this, end.peer, () => {
      if (!end.other.open) return
      end.other.claimedLength = Math.max(end.other.claimedLength, length)
      end.peer.#onHops(end.other, hops)
    })
  }

  #onHops(end: End, hops: number): void {
    const before = end.hops
    end.hops = hops
    if (this.kind !== 'reader') return
    const { source } = this
    if (source === end) this.#hopsMayHaveChanged()
    const decision = choose(this.#choice(this.source), this.#world.now)
    this.#follow(decision)
    if (source === end && this.source !== end && hops > before) {
      end.retryAt = this.#world.now + RETRY_MS * 2 ** end.failures++
    }
  }

  #hopsMayHaveChanged(): void {
    const hops = this.hops
    const { now } = this.#world
    if (this.kind === 'reader') this.#world.path(this, hops < NO_PATH)
    if (hops < NO_PATH) this.#refresh = REFRESH_MS
    if (hops === this.#told) return
    this.#told = hops
    if (hops === NO_PATH) this.#refreshAt = now
    for (const end of this.ends.values()) {
      this.#world.packets++
      this.#world.send(this, end.peer, () => end.other.open && end.peer.#onHops(end.other, hops))
    }
    if (this.lostAt !== null) this.#lookLater()
  }
}

function close(end: End): void {
  if (!end.open) return
  end.open = false
  end.other.open = false
  // `end` is known to the peer at its near side, which is the far side of the other
  end.other.peer.closed(end)
  end.peer.closed(end.other)
}
