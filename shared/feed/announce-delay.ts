// How soon a peer is told of new blocks, and whether. Pure.
import { NO_PATH } from './messages.ts'

/** How long, on average, lies between two times that a peer with a path to the writer is told of new blocks. */
export const ANNOUNCE_DELAY_MS = 4000
/**
 * The same between a writer and its peers. The announcement comes after the blocks, and soon: a writer
 * may wait until a peer holds them, and a reader sees by it whether its source is cut off.
 */
export const WRITER_ANNOUNCE_DELAY_MS = 200
/** The end of the log and its blocks are told one after the other: this soon they go together. */
export const SOON_MS = 10

/** The two ends of a connection. Times are in milliseconds. */
export interface Ends {
  readonly isWriter: boolean
  /** Whether our blocks come by Hypercore's own replication: it asks only peers that know where our log ends. */
  readonly isPlain: boolean
  /** Whether we follow a source and have no path to the writer, as every reader that catches up. */
  readonly catchesUp: boolean
  /** Connections between the peer and the writer; NO_PATH where there is none. */
  readonly peerHops: number
  /** For how long the peer has been told of no block; Infinity where it never was. */
  readonly sinceTold: number
}

/** What a reader tells of its end. */
interface Following {
  readonly source: unknown
  readonly contested: boolean
  readonly catchesUp: boolean
}

/** The ends of a connection between us and a peer that is `peerHops` away from the writer. A writer has no `follower`. */
export function endsOf(follower: Following | null, peerHops: number): Omit<Ends, 'sinceTold'> {
  if (follower === null) return { isWriter: true, isPlain: false, catchesUp: false, peerHops }
  const { source, contested, catchesUp } = follower
  return { isWriter: false, isPlain: source === null || contested, catchesUp, peerHops }
}

/**
 * Whether a peer is told even of blocks that it has itself by now. Between readers that get their blocks from others
 * one of two tells the other of a block, not both. A peer without a path chooses a source by what others hold; and
 * the writer waits until its peers hold a block.
 */
export function isToldAll({
  isWriter,
  isPlain,
  peerHops
}: Pick<Ends, 'isWriter' | 'isPlain' | 'peerHops'>): boolean {
  return isWriter || isPlain || peerHops === 0 || peerHops === NO_PATH
}

/**
 * For how long, on average, what our log has grown by is not told to a peer; 0 for not at all. A peer
 * without a path has to know at once what others hold. But where we catch up ourselves it most likely
 * does as well, as all readers of a crowd that begin together: each would be told of each batch of all
 * others. It has heard that we have something, so that the rest can wait. After a pause a peer with a path
 * is told soon: its source may be gone, and it learns by us that there is more.
 */
export function announceDelay(ends: Ends): number {
  const { isWriter, isPlain, catchesUp, peerHops, sinceTold } = ends
  if (isPlain) return 0
  if (peerHops === NO_PATH) {
    return catchesUp ? Math.max(SOON_MS, ANNOUNCE_DELAY_MS - sinceTold) : 0
  }
  if (isWriter || peerHops === 0) return WRITER_ANNOUNCE_DELAY_MS
  return Math.max(WRITER_ANNOUNCE_DELAY_MS, ANNOUNCE_DELAY_MS - sinceTold)
}
