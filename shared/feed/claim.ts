import type { Hypercore, Peer } from 'hypercore'
import { remoteLogOf } from '../upstream/hypercore-peer.ts'
import { endRoots, manifestOf } from '../upstream/hypercore-tree.ts'
import { treeHash } from './tree-hash.ts'

/** Where a log ends: how many blocks it has, and how often its writer has truncated it. */
export interface LogState {
  readonly length: number
  readonly fork: number
}

/** Our own log, as far as a source has to know it. */
export interface OwnLog extends LogState {
  readonly hasManifest: boolean
  readonly tree: Uint8Array
  /** Whether it ends before the first block that the writer keeps. */
  readonly leaps: boolean
}

/** Our own log; the writer keeps it from block `kept` on. */
export function ownLog(core: Hypercore, kept: number): OwnLog {
  const { length, fork } = core
  const tree = treeHash(endRoots(core))
  const leaps = length > 0 && length < kept
  return { length, fork, hasManifest: manifestOf(core) !== null, tree, leaps }
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

/** Whether some peer of `core` claims blocks that it lacks. */
export function isOutdone(core: Hypercore): boolean {
  return core.peers.some((peer) => isAhead(claimOf(peer), core))
}

/** Whether a peer claims blocks that `log` lacks. */
export function isAhead(
  { claimedLength, claimedFork }: Claim,
  { length, fork }: LogState
): boolean {
  return claimedLength > length && claimedFork === fork
}
