// Checked with hypercore 11.37.1.
import type { Peer } from 'hypercore'
import { type Members, assertMembers } from './members.ts'

/** Blocks of a later fork, one of which is the first that is not in our log: from `start` to before `end`. */
export interface ForkGap {
  readonly fork: number
  readonly start: number
  readonly end: number
  /** Takes all of them to be others than ours: with the next `core.update` our log becomes the later one. */
  settle(): void
}

interface Request {
  hash: { index: number; nodes: number } | null
}

interface Search {
  readonly fork: number
  readonly batch: { want: { nodes: number; start: number; end: number } | null }
  readonly inflight: Request[]
}

interface Searching {
  readonly remoteFork: number
  readonly remoteLength: number
  _makeRequest(needsUpgrade: boolean, priority: number, minLength: number): Request | null
  _send(request: Request): unknown
  _requestForkRange(search: Search): boolean
}

/** What this module uses of a peer. */
export const FORK_MEMBERS: Members = {
  'peer.remoteFork': 'number',
  'peer.remoteLength': 'number',
  'peer._makeRequest': 'function',
  'peer._send': 'function',
  'peer._requestForkRange': 'function'
}

/**
 * Has `choose` say above which block `peer` is asked for the nodes of its tree, to learn how much of a later
 * fork is in our log too; null for none. Hypercore asks only for what is above a block that the peer holds:
 * where such blocks are kept no longer, a log on an earlier fork never becomes the later one. No public way.
 */
export function onForkGap(peer: Peer, choose: (gap: ForkGap) => number | null): void {
  const asking = peer as unknown as Searching
  assertMembers('hypercore', peer, FORK_MEMBERS)
  asking._requestForkRange = ({ fork, batch, inflight }) => {
    const { want } = batch
    if (want === null || fork !== asking.remoteFork) return false
    const end = Math.min(want.end, asking.remoteLength)
    const settle = (): void => {
      batch.want = null
    }
    const block = choose({ fork, start: want.start, end, settle })
    const request = block === null ? null : asking._makeRequest(false, 0, 0)
    if (block === null || request === null) return false
    request.hash = { index: 2 * block, nodes: want.nodes }
    inflight.push(request)
    asking._send(request)
    return true
  }
}
