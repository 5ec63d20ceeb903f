import type { Peer } from 'hypercore'

/** What the feed tells of the peers of a log. */
export interface FeedEvents {
  /** A peer has said how many connections lie between it and the writer. */
  onhops(peer: Peer, hops: number): void
  /** Our own log can't be read or written. */
  onerror(err: unknown): void
}

/** The same where the log is another's, and what a source brings. */
export interface FollowerEvents extends FeedEvents {
  /** A peer sent what no honest peer sends. */
  onoffence(peer: Peer, reason: string): void
  /** A source was taken, lost or contested, or whether a peer speaks the feed is known. */
  onchange(): void
  /** A source has proven where the log ends; null where there is no source that could. */
  onend(end: number | null): void
  ondelivery(delivery: Delivery): void
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
