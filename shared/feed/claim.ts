import type { Peer } from 'hypercore'
import { remoteLogOf } from '../upstream/hypercore-peer.ts'

/** Where a log ends: how many blocks it has, and how often its writer has truncated it. */
export interface LogState {
  readonly length: number
  readonly fork: number
}

/** What a peer says of its log, which no signature proves. */
export interface Claim {
  readonly claimedLength: number
  /** null until the peer has said anything. */
  readonly claimedFork: number | null
}

/** What `peer` has said of its log in Hypercore's own replication. */
export function claimOf(peer: Peer): Claim {
  const { synced, length, fork } = remoteLogOf(peer)
  return { claimedLength: length, claimedFork: synced ? fork : null }
}

/** Whether a peer claims blocks that `log` lacks. */
export function isAhead(
  { claimedLength, claimedFork }: Claim,
  { length, fork }: LogState
): boolean {
  return claimedLength > length && claimedFork === fork
}
