import {
  ADVICE,
  ADVICE_MS,
  MAX_AWAY_MS,
  type Neighbour,
  PATIENCE_MS,
  READER_PLACES,
  REPLACE_MS,
  UNBOUNDED,
  WRITER_PLACES,
  admit,
  awayFor,
  dialling,
  isParted,
  surplus,
  takeAdvice
} from '../../shared/swarm/overlay-policy.ts'
import { FIRST_LOOK, lookAgain } from '../../shared/swarm/look-ups.ts'
import { NO_PATH } from '../../shared/feed/messages.ts'
import type { End } from './end.ts'
import type { Peer } from './peer.ts'
import type { World } from './world.ts'

/** How often it is looked whether more peers are needed, and which have died. */
export const LOOK_MS = 1000
/** A connection that is open takes three times the way there and back; a dead peer is given up on. */
const DIAL_TRIPS = 3
const DIAL_TIMEOUT_MS = 12_000
/** When Hyperswarm dials a peer again to which a dial has failed so many times, or that has gone. */
const RETRY_MS = [1000, 5000, 15_000, 15_000]

/** Whom a peer dials and whom it lets in: the policy of the overlay between a DHT and Hyperswarm's dialler. */
export class Dialler {
  readonly #world: World
  readonly #peer: Peer
  readonly #dialling = new Map<Peer, number>()
  readonly #away = new Map<Peer, { times: number; until: number }>()
  readonly #failures = new Map<Peer, number>()
  // what look-ups found, and whom Hyperswarm dials after those
  #found: Peer[] = []
  readonly #isKnown = new Set<Peer>()
  #again: Peer[] = []
  #followed: number[] = []
  #replacedAt = -Infinity
  /** Dials that have failed since there was a path. */
  #failed = 0
  #hadPathAt: number
  #lookUps = FIRST_LOOK
  #lookedAt: number
  #looking = false

  constructor(world: World, peer: Peer) {
    this.#world = world
    this.#hadPathAt = world.now
    this.#peer = peer
    this.#lookedAt = world.now
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
  judge(newcomer: End, hasPath: boolean): void {
    const { kind, ends } = this.#peer
    const { now } = this.#world
    this.#isKnown.add(newcomer.peer)
    const places = kind === 'writer' ? WRITER_PLACES : READER_PLACES
    if (!newcomer.open || ends.size <= places) return
    const others = [...ends.values()].filter((end) => end !== newcomer)
    const admission = admit(
      { end: newcomer, hasPath, own: newcomer.own, inUse: false, age: 0 },
      this.#neighbours(others),
      { places, hasPath: this.#hasPath, mayReplace: now - this.#replacedAt >= REPLACE_MS }
    )
    if (admission.do === 'turn away') this.#turnAway(newcomer)
    if (admission.do === 'replace') {
      this.#replacedAt = now
      this.#turnAway(admission.neighbour.end)
    }
  }

  /** The connection with `peer` has ended by itself: Hyperswarm dials again whom it has dialled. */
  ended({ own, peer }: End): void {
    if (own && !this.#isAway(peer)) this.#retry(peer, 0, this.#found)
    this.lookLater()
  }

  get #hasPath(): boolean {
    return this.#peer.feed.claimsPath
  }

  get #known(): number {
    return this.#isKnown.size
  }

  get #dials() {
    if (this.#peer.kind === 'writer') return UNBOUNDED
    if (this.#hasPath) {
      this.#failed = 0
      this.#hadPathAt = this.#world.now
    }
    const live = this.#live
    return dialling({
      known: this.#known,
      connected: live.length,
      accepted: live.filter(({ own }) => !own).length,
      hasPath: this.#hasPath,
      lostFor: this.#world.now - this.#hadPathAt,
      failed: this.#failed,
      hanging: this.#hanging,
      // what machines can do is not simulated
      isStrained: false
    })
  }

  get #hanging(): number {
    let hanging = 0
    for (const at of this.#dialling.values()) if (this.#world.now - at >= PATIENCE_MS) hanging++
    return hanging
  }

  get #live(): End[] {
    return [...this.#peer.ends.values()].filter((end) => end.isLive(this.#world.now))
  }

  get #connections(): number {
    return this.#live.length + this.#dialling.size
  }

  #look(): void {
    const { now } = this.#world
    const live = this.#live.length
    const isAlone = live + this.#dialling.size === 0
    const isWriter = this.#peer.kind === 'writer'
    const isLost = isParted(this.#known, live, isWriter ? null : this.#hasPath)
    if (!isAlone && !isLost) {
      // nothing is looked at until that changes
      this.#lookUps = lookAgain(this.#lookUps, { alone: false, lost: false })
    } else if (now - this.#lookedAt >= this.#lookUps.delay) {
      const look = lookAgain(this.#lookUps, { alone: isAlone, lost: isLost })
      if (look.asks) this.#lookUp()
      this.#lookUps = look
      this.#lookedAt = now
    }
    this.#dial()
    const letGo = this.#letGo()
    if (letGo || isAlone || isLost || this.#connections < this.#dials.upTo) this.lookLater()
  }

  // returns whether there may be more
  #letGo(): boolean {
    if (this.#peer.kind !== 'reader') return false
    const acquaintance = { known: this.#known, hasPath: this.#hasPath }
    const one = surplus(this.#neighbours(this.#live), acquaintance, this.#world.chance())
    if (one !== null) this.#peer.drop(one.end)
    return one !== null
  }

  #neighbours(ends: End[]): (Neighbour & { readonly end: End })[] {
    const { source } = this.#peer.feed
    return ends.map((end) => ({
      end,
      hasPath: end.hops < NO_PATH,
      own: end.own,
      inUse: end.followsUs || end === source,
      age: this.#world.now - end.metAt
    }))
  }

  #lookUp(): void {
    this.#world.lookUps++
    this.#world.lookUp(this.#peer, (found) => {
      for (const peer of found) this.#isKnown.add(peer)
      this.#found = found
      this.#dial()
    })
  }

  #dial(): void {
    const { upTo, atOnce } = this.#dials
    // dials that hang do not count
    const settled = this.#live.length - Math.min(this.#hanging, atOnce)
    while (this.#dialling.size < atOnce && settled + this.#dialling.size < upTo) {
      const peer = this.#next()
      if (peer === undefined) return
      if (this.#isNew(peer)) this.#dialOne(peer)
    }
  }

  #next(): Peer | undefined {
    const queue = this.#found.length > 0 ? this.#found : this.#again
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
    this.#dialling.set(peer, this.#world.now)
    const takes = peer.alive ? DIAL_TRIPS * 2 * this.#world.latency() : DIAL_TIMEOUT_MS
    this.#world.after(takes, () => {
      this.#dialling.delete(peer)
      if (!this.#peer.alive) return
      const isOpen = peer.alive && !this.#peer.ends.has(peer)
      if (isOpen) this.#peer.connect(peer)
      else if (!peer.alive) {
        this.#failed++
        this.#retry(peer, 1, this.#again)
      }
      this.#dial()
    })
  }

  #retry(peer: Peer, least: number, queue: Peer[]): void {
    const failures = Math.max(least, this.#failures.get(peer) ?? 0)
    this.#failures.set(peer, failures + 1)
    const delay = RETRY_MS[failures]
    if (delay === undefined) return
    this.#world.after(delay, () => {
      if (!this.#peer.alive) return
      queue.push(peer)
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
    const last = this.#away.get(from)
    const times = last && now - last.until < MAX_AWAY_MS ? last.times + 1 : 0
    this.#away.set(from, { times, until: now + awayFor(times, this.#world.chance()) })
    this.#followed = this.#followed.filter((at) => now - at < ADVICE_MS)
    const strangers = advice.filter((peer) => this.#isNew(peer))
    if (this.#connections < this.#dials.upTo) {
      for (const peer of takeAdvice(strangers, this.#followed.length)) {
        this.#followed.push(now)
        this.#isKnown.add(peer)
        this.#found.push(peer)
      }
    }
    this.#dial()
    this.lookLater()
  }
}
