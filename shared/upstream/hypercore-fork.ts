// Checked with hypercore 11.37.1.
import type { Hypercore, Peer } from 'hypercore'
import { type Members, assertMembers } from './members.ts'

/** Blocks from `start` to before `end`, one of which is the first in which a later fork is not our log. */
export interface ForkGap {
  readonly fork: number
  readonly start: number
  readonly end: number
  /** Whether as much is still to be found out. */
  readonly isOpen: boolean
  /** Whether an answer is waited for, of whatever peer. */
  readonly isAsked: boolean
  /** Whether the log of `peer` is that fork, and has all of it. */
  isTold(peer: Peer): boolean
  /** Asks `peer` for the nodes of its tree above `block`, which make the gap smaller. */
  ask(peer: Peer, block: number): void
  /** Waits for the answer no longer; should it come, it counts all the same. */
  giveUp(): void
  /** Takes all blocks of the gap to be others than ours: with the next `core.update` our log is the later one. */
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
  'peer._requestForkRange': 'function',
  'peer.sendSync': 'function'
}

/**
 * Tells every peer of `core` on which fork it is now. Hypercore does so where it can prove to the peer what the log
 * has grown by; a peer that is not told takes us to be on the earlier fork, and asks us for nothing. No public way.
 */
export function tellFork(core: Hypercore): void {
  for (const peer of core.peers) (peer as Peer & { sendSync(): void }).sendSync()
}

/**
 * Hands `onfound` what is not known of a later fork whenever Hypercore would ask `peer`, which it does while no
 * answer is waited for. It asks only for what is above a block that the peer holds: where such blocks are kept no
 * longer, a log on an earlier fork never becomes the later one. No public way.
 */
export function onForkGap(peer: Peer, onfound: (gap: ForkGap) => void): void {
  const asking = peer as unknown as Searching
  assertMembers('hypercore', peer, FORK_MEMBERS)
  asking._requestForkRange = (search) => {
    const gap = search.batch.want === null ? null : gapOf(search)
    if (gap === null || !gap.isTold(peer)) return false
    onfound(gap)
    return gap.isAsked
  }
}

function gapOf({ fork, batch, inflight }: Search): ForkGap {
  const { start = 0, end = 0, nodes = 0 } = batch.want ?? {}
  return {
    fork,
    start,
    end,
    get isOpen() {
      return batch.want?.start === start && batch.want.nodes === nodes
    },
    get isAsked() {
      return inflight.length > 0
    },
    isTold(peer) {
      const { remoteFork, remoteLength } = peer as unknown as Searching
      return remoteFork === fork && remoteLength >= start + 2 ** nodes
    },
    ask(peer, block) {
      const asking = peer as unknown as Searching
      const request = asking._makeRequest(false, 0, 0)
      if (request === null) return
      request.hash = { index: 2 * block, nodes }
      inflight.push(request)
      asking._send(request)
    },
    giveUp() {
      inflight.length = 0
    },
    settle() {
      batch.want = null
    }
  }
}
