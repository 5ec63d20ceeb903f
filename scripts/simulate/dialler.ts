import {
  ADVICE,
  type Degree,
  OWN_CHOICE,
  READER,
  WRITER,
  admit,
  awayFor,
  dialUpTo,
  dialsAtOnce,
  looksAgain,
  seeks,
  takeAdvice
} from '../../shared/swarm/overlay-policy.ts'
import { NO_PATH } from '../../shared/feed/messages.ts'
import type { End } from './end.ts'
import type { Peer } from './peer.ts'
import type { World } from './world.ts'

/** How often it is looked whether more peers are needed. */
const LOOK_MS = 1000
/** How often the DHT is asked again, at first and at the most: see shared/swarm/dht-search.ts. */
const REFRESH_MS = 4000
const MAX_ALONE_MS = 30_000
const MAX_LOST_MS = 300_000
/** A connection that is open takes three times the way there and back; a dead peer is given up on. */
const DIAL_TRIPS = 3
const DIAL_TIMEOUT_MS = 6000
/** When Hyperswarm dials a peer again to which a dial has failed so many times, or that has gone. */
const RETRY_MS = [1000, 5000, 15_000, 15_000]

/** Whom a peer dials and whom it lets in: the policy of the overlay between a DHT and Hyperswarm's dialler. */
export class Dialler {
  readonly #world: World
  readonly #peer: Peer
  readonly #degree: Degree
  readonly #dialling = new Set<Peer>()
  readonly #away = new Map<Peer, { times: number; until: number }>()
  readonly #failures = new Map<Peer, number>()
  // what a look-up found, and whom Hyperswarm dials before those
  #found: Peer[] = []
  #again: Peer[] = []
  #followed: Peer[] = []
  #lostAt: number | null
  #settledAt = Infinity
  #seconds = 0
  #refreshMs = REFRESH_MS
  #refreshAt = REFRESH_MS
  #looking = false

  constructor(world: World, peer: Peer) {
    this.#world = world
    this.#peer = peer
    this.#degree = peer.kind === 'writer' ? WRITER : READER
    this.#lostAt = peer.kind === 'reader' ? world.now : null
    this.#refreshAt = world.now + REFRESH_MS
    this.#lookUp()
    this.lookLater()
  }

  /** Looks, within a second, whether more peers are needed, and again while they are. */
  lookLater(): void {
    if (this.#looking) return
    this.#looking = true
    this.#world.after(LOOK_MS * this.#world.jitter(), () => {
      this.#looking = false
      if (this.#peer.alive) this.#look()
    })
  }

  /** Decides on a connection that is open. */
  judge(newcomer: End, hops: number): void {
    if (!newcomer.open) return
    const others = [...this.#peer.ends.values()].filter((end) => end !== newcomer)
    const { source, claimedHops } = this.#peer.feed
    const admission = admit(
      { end: newcomer, hops, own: newcomer.own, inUse: false },
      others.map((end) => ({
        end,
        hops: end.hops,
        own: end.own,
        inUse: end.followsUs || end === source
      })),
      this.#degree,
      claimedHops
    )
    if (admission.do === 'turn away') this.#turnAway(newcomer)
    if (admission.do === 'replace') this.#turnAway(admission.neighbour.end)
  }

  /** The connection with `peer` has ended by itself: Hyperswarm dials again whom it has dialled. */
  ended({ own, peer }: End): void {
    if (own && !this.#isAway(peer)) this.#retry(peer, 0)
    this.lookLater()
  }

  get #connections(): number {
    return this.#peer.ends.size + this.#dialling.size
  }

  #look(): void {
    const { now } = this.#world
    const sought = seeks(this.#peer.feed.claimedHops)
    this.#lostAt = sought ? (this.#lostAt ?? now) : null
    this.#settledAt = sought ? Infinity : Math.min(this.#settledAt, now)
    this.#seconds = this.#isUrgent ? this.#seconds + 1 : 0
    if (now >= this.#refreshAt) {
      const alone = this.#connections === 0
      const looks = looksAgain(this.#known, this.#degree)
      const most = alone ? MAX_ALONE_MS : MAX_LOST_MS
      this.#refreshMs = looks ? Math.min(most, this.#refreshMs * 1.5) : REFRESH_MS
      this.#refreshAt = now + this.#refreshMs
      if (looks) this.#lookUp()
    }
    this.#dial()
    if (this.#lostAt !== null || this.#connections < this.#degree.wanted) this.lookLater()
  }

  #lookUp(): void {
    this.#world.lookUps++
    this.#world.lookUp(this.#peer, (found) => {
      this.#found = found
      this.#dial()
    })
  }

  get #known() {
    let own = this.#dialling.size
    for (const end of this.#peer.ends.values()) if (end.own) own++
    const lostFor = this.#lostAt === null ? 0 : this.#world.now - this.#lostAt
    const settledFor = Math.max(0, this.#world.now - this.#settledAt)
    return { connections: this.#connections, own, lostFor, settledFor }
  }

  get #isUrgent(): boolean {
    return this.#lostAt !== null || this.#peer.ends.size === 0
  }

  get #upTo(): number {
    return dialUpTo(this.#known, this.#degree)
  }

  #dial(): void {
    const atOnce = dialsAtOnce({ isUrgent: this.#isUrgent, seconds: this.#seconds, isBusy: false })
    while (this.#dialling.size < atOnce && this.#known.own < this.#upTo) {
      const peer = this.#next()
      if (peer === undefined) return
      if (this.#isNew(peer)) this.#dialOne(peer)
    }
  }

  #next(): Peer | undefined {
    const queue = this.#again.length > 0 ? this.#again : this.#found
    const last = queue.pop()
    if (queue.length === 0 || last === undefined) return last
    const i = this.#world.random.below(queue.length + 1)
    if (i === queue.length) return last
    const chosen = queue[i]
    queue[i] = last
    return chosen
  }

  #isAway(peer: Peer): boolean {
    return (this.#away.get(peer)?.until ?? 0) > this.#world.now
  }

  #isNew(peer: Peer): boolean {
    if (peer === this.#peer || this.#peer.ends.has(peer) || this.#dialling.has(peer)) return false
    return !this.#isAway(peer)
  }

  #dialOne(peer: Peer): void {
    this.#world.dials++
    this.#dialling.add(peer)
    const takes = peer.alive ? DIAL_TRIPS * 2 * this.#world.latency() : DIAL_TIMEOUT_MS
    this.#world.after(takes, () => {
      this.#dialling.delete(peer)
      if (!this.#peer.alive) return
      const isOpen = peer.alive && !this.#peer.ends.has(peer)
      if (isOpen) this.#peer.connect(peer)
      else if (!peer.alive) this.#retry(peer, 1)
      this.#dial()
    })
  }

  #retry(peer: Peer, least: number): void {
    const failures = Math.max(least, this.#failures.get(peer) ?? 0)
    this.#failures.set(peer, failures + 1)
    const delay = RETRY_MS[failures]
    if (delay === undefined) return
    this.#world.after(delay, () => {
      if (!this.#peer.alive) return
      this.#again.push(peer)
      this.#dial()
    })
  }

  #turnAway(end: End): void {
    this.#world.refusals++
    const advice = this.#advice(end)
    const { peer } = end
    this.#peer.close(end)
    this.#world.send(peer, () => peer.dialler.#onFull(this.#peer, advice))
  }

  #advice(asking: End): Peer[] {
    const able = [...this.#peer.ends.values()].filter((end) => end !== asking && end.hops < NO_PATH)
    return this.#world.some(able, ADVICE).map(({ peer }) => peer)
  }

  #onFull(from: Peer, advice: Peer[]): void {
    const { now } = this.#world
    const times = this.#away.get(from)?.times ?? 0
    const until = now + awayFor(times, this.#world.chance())
    this.#away.set(from, { times: times + 1, until })
    this.#followed = this.#followed.filter(
      (peer) => this.#peer.ends.has(peer) || this.#dialling.has(peer)
    )
    const strangers = advice.filter((peer) => this.#isNew(peer))
    for (const peer of takeAdvice(strangers, this.#followed.length)) {
      if (this.#connections >= this.#upTo) break
      this.#followed.push(peer)
      this.#dialOne(peer)
    }
    this.lookLater()
  }
}
