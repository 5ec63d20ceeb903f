import type { Peer } from 'hypercore'
import { claimOf } from './claim.ts'
import type { Ack, Subscribe } from './messages.ts'
import { RETRY_MS, REVIEW_MS, retryDelay } from './source-policy.ts'

/** A peer with an open feed, and what a follower may send to it. */
export interface FeedPeer {
  readonly peer: Peer
  /** Connections between that peer and the writer, NO_PATH for none. */
  readonly hops: number
  readonly followsUs: boolean
  /** Bytes that have come from that peer on its connection, and packets, with bytes or without. */
  readonly received: number
  readonly packets: number
  /** Whether what is sent to the peer is not acknowledged. */
  readonly seemsDead: boolean
  /** Sends what the peer has to answer, so that it seems dead soon where it is. */
  probe(): unknown
  /** Tells how far we are from the writer, unless the peer knows. */
  sendHops(hops: number): void
  subscribe(message: Subscribe): unknown
  unsubscribe(): unknown
  ack(message: Ack): unknown
}

/** A peer that may be followed, as the policy sees it: `CandidateState`, and how it has served us. */
export class Candidate {
  readonly channel: FeedPeer
  #retryAt = 0
  #failures = 0
  #lastId = 0
  #probed: { at: number; packets: number } | null = null
  #seemedDead = false

  constructor(channel: FeedPeer) {
    this.channel = channel
  }

  get hops(): number {
    return this.channel.hops
  }

  get followsUs(): boolean {
    return this.channel.followsUs
  }

  get received(): number {
    return this.channel.received
  }

  get claimedLength(): number {
    return claimOf(this.channel.peer).claimedLength
  }

  get claimedFork(): number | null {
    return claimOf(this.channel.peer).claimedFork
  }

  get retryAt(): number {
    return this.#retryAt
  }

  get seemsDead(): boolean {
    return this.channel.seemsDead
  }

  /** Whether the peer was asked for a sign of life, and nothing has come from it since. */
  get isSilent(): boolean {
    return this.#probed !== null && this.#probed.packets === this.channel.packets
  }

  /** Whether the peer has come to seem dead since this was last asked. */
  hasDied(): boolean {
    const before = this.#seemedDead
    this.#seemedDead = this.seemsDead
    return this.#seemedDead && !before
  }

  /** Asks for a sign of life, unless that was done just before: what others say, and how often, decides on it. */
  probe(now: number): void {
    if (this.#probed !== null && now - this.#probed.at < REVIEW_MS) return
    this.#probed = { at: now, packets: this.channel.packets }
    this.channel.probe()
  }

  /** An id for the next subscription to this peer: never 0, which stands for none. */
  nextId(): number {
    return ++this.#lastId
  }

  /** The peer can't serve us at present. */
  refused(now: number): void {
    this.#retryAt = now + RETRY_MS
  }

  /** The peer did not bring what it claims, or was not needed for it. */
  failed(now: number): void {
    this.#retryAt = now + retryDelay(this.#failures++)
  }

  /** The peer has brought a batch, or the log is another: what failed before counts no more. */
  forgive(): void {
    this.#failures = 0
    this.#retryAt = 0
  }
}
