import type { Peer } from 'hypercore'

/** What following a log tells. */
export interface FollowEvents {
  /** Asked, after a rewind, how many of the blocks stand that earlier runs have taken; Infinity for all. */
  standing(): number
  /** A peer has said how many connections lie between it and the writer. */
  onhops(peer: Peer, hops: number): void
  /** The manifest of the log, which says whether it is private, has come: none of its blocks has yet. */
  onmanifest(): void
  /**
   * Whether the copy may drop the blocks from `start` to before `end`: after a rewind no peer can tell whether they
   * still stand. Those behind them do not.
   */
  mayDrop(start: number, end: number): boolean
  /** Our own copy can't be read or written. */
  onerror(err: unknown): void
}
