import type { Peer } from 'hypercore'

/** Blocks that a batch brought, to be handed on once they are verified and stored. */
export interface Delivery {
  start: number
  blocks: Uint8Array[]
  /** Resolves to whether the writer has signed them and they are on disk. */
  stored: Promise<boolean>
  /** Says that the blocks were taken, and lets the source send more. */
  release(): void
}

/** What a follower tells. */
export interface FollowerEvents {
  ondelivery(delivery: Delivery): void
  /** A source has proven where the log ends; null where there is no source that could. */
  onend(end: number | null): void
  /** The path to the writer has become longer or shorter. */
  onhops(hops: number): void
  /** A source was taken, lost or contested. */
  onsource(): void
  /** A peer sent what no honest peer sends. */
  onmisbehaviour(peer: Peer, reason: string): void
  onerror(err: unknown): void
}
