import type { Peer } from 'hypercore'
import { claimOf } from './claim.ts'
import type { Ack, Subscribe } from './messages.ts'
import { RETRY_MS, retryDelay } from './source-policy.ts'

/** A peer with an open feed, and what a follower may send to it. */
export interface FeedPeer {
  readonly peer: Peer
  /** Connections between that peer and the writer, NO_PATH for none. */
  readonly hops: number
  readonly followsUs: boolean
  /** Bytes that have come from that peer on its connection. */
  readonly received: number
  /** Whether what is sent to the peer is not acknowledged. */
  readonly seemsDead: boolean
  /** Whether the peer was asked for a sign of life, and has yet to give one. */
  readonly isSilent: boolean
  askForLife(): unknown
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

  get isSilent(): boolean {
    return this.channel.isSilent
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
