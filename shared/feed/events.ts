import type { Peer } from 'hypercore'

/** What is told of the feed of a log that is another's. */
export interface FollowerEvents {
  /** A peer has said how many connections lie between it and the writer. */
  onhops(peer: Peer, hops: number): void
  /** A peer sent what no honest peer sends. */
  onoffence(peer: Peer, reason: string): void
  /** A source was taken, lost or contested, or whether a peer speaks the feed is known. */
  onchange(): void
  /** A source has proven where the log ends; null where there is no source that could. */
  onend(end: number | null): void
  /** The writer has said that it keeps no block before `first`. */
  onkept(first: number): void
  ondelivery(delivery: Delivery): void
  /** Our own copy can't be read or written. */
  onerror(err: unknown): void
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
