import type { Hypercore } from 'hypercore'
import { Candidate, type FeedPeer } from './candidate.ts'
import { claimOf, isAhead } from './claim.ts'
import { NO_PATH } from './messages.ts'
import { type Choice, type Decision, choose, replace, review } from './source-policy.ts'
import type { Subscription } from './subscription.ts'

type Current = Subscription<Candidate> | null

/** Our log, and every peer that it is replicated with, with a feed or without. */
export type Replicated = Pick<Hypercore, 'length' | 'fork' | 'peers'>

/** The peers that may be followed, and all that the policy has to know to decide among them. */
export class Selection {
  readonly #core: Replicated
  readonly #candidates = new Map<FeedPeer, Candidate>()
  #requirePath: boolean
  /** How many sources were left for being slow since the last time that no peer was ahead. */
  #starvations = 0

  constructor(core: Replicated, { requirePath }: { requirePath: boolean }) {
    this.#core = core
    this.#requirePath = requirePath
  }

  /** Whether only a peer with a path to the writer will do. */
  get requirePath(): boolean {
    return this.#requirePath
  }

  acceptAnySource(): void {
    this.#requirePath = false
  }

  has(peer: FeedPeer): boolean {
    return this.#candidates.has(peer)
  }

  add(peer: FeedPeer): void {
    this.#candidates.set(peer, new Candidate(peer))
  }

  remove(peer: FeedPeer): void {
    this.#candidates.delete(peer)
  }

  /**
   * Connections between us and the writer along the feed, where `current` is followed. NO_PATH where that has
   * died, and while we are catching up: we would tell a peer that asks where the log ends a part for the whole.
   */
  hops(current: Current): number {
    if (current === null || current.hasDied || this.#core.length < current.provenEnd) return NO_PATH
    return Math.min(NO_PATH, current.source.hops + 1)
  }

  /** Tells every peer how far we are from the writer. */
  sendHops(current: Current): void {
    const hops = this.hops(current)
    for (const peer of this.#candidates.keys()) peer.sendHops(hops)
  }

  /** The log is another: how often a peer failed counts no more. */
  forgiveAll(): void {
    for (const candidate of this.#candidates.values()) candidate.forgive()
  }

  /** Decides when a peer came, left or told its hops. */
  choose(current: Current, now: number): Decision<Candidate> {
    return choose(this.#choice(current), now)
  }

  /** Decides what comes after `current`, which refused or failed. */
  replace(current: Current, now: number): Decision<Candidate> {
    return replace(this.#choice(current), now)
  }

  /** Decides whether `current` is worth following on; to be called again and again. */
  review(current: Current, now: number): Decision<Candidate> {
    if (current === null) return this.choose(null, now)
    // others may have gone with it, and only one that has not can replace it
    if (current.source.seemsDead) for (const one of this.#candidates.keys()) one.askForLife()
    const { peers } = this.#core
    const { peer: source } = current.source.channel
    const othersAhead = peers.some((peer) => peer !== source && isAhead(claimOf(peer), this.#core))
    if (!othersAhead) this.#starvations = 0
    if (current.observe(othersAhead, now)) this.sendHops(current)
    const starvations = this.#starvations
    const decision = review({ ...this.#choice(current), othersAhead, starvations }, now)
    if (decision.do === 'follow' && decision.starved) this.#starvations++
    // it may be alive after all, and would be left over and over
    if (current.hasDied && decision.do === 'follow') current.source.refused(now)
    if (decision.do === 'abandon') current.source.failed(now)
    if (decision.do === 'idle') current.moved(now)
    // and what we hold, which some were not told: Hypercore asks only those that know it
    if (decision.do === 'contest') this.sendHops(current)
    return decision
  }

  #choice(current: Current): Choice<Candidate> {
    return {
      candidates: [...this.#candidates.values()],
      log: this.#core,
      progress: current?.progress ?? null,
      requirePath: this.#requirePath
    }
  }
}
