// Checked with hypercore 11.37.1. `core.peers` is documented, the members of a peer are not.
import type { Peer } from 'hypercore'
import type { Connection } from 'hyperswarm'
import type Protomux from 'protomux'
import { NOT_AVAILABLE, sendMessage } from './hypercore-messages.ts'
import type { Address } from './hyperdht.ts'
import { type Members, assertMembers } from './members.ts'

interface PeerState {
  readonly stream: Connection
  readonly protomux: Protomux
  readonly remoteSynced: boolean
  readonly remoteFork: number
  readonly remoteLength: number
  readonly remoteHasManifest: boolean
  readonly remoteContiguousLength: number
  readonly remoteBitfield: { findFirst(value: boolean, start: number): number }
  readonly remoteRequests: { readonly size: number }
  readonly inflight: number
  readonly paused: boolean
  isActive(): boolean
  _fulfillRequest(
    answer: { readonly msg: { readonly id: number } },
    pushing: boolean
  ): Promise<void>
}

/** What this module uses of a peer. */
export const PEER_MEMBERS: Members = {
  'peer.stream': 'object',
  'peer.protomux': 'object',
  'peer.remoteSynced': 'boolean',
  'peer.remoteFork': 'number',
  'peer.remoteLength': 'number',
  'peer.remoteHasManifest': 'boolean',
  'peer.remoteContiguousLength': 'number',
  'peer.remoteBitfield.findFirst': 'function',
  'peer.remoteRequests.size': 'number',
  'peer.inflight': 'number',
  'peer.paused': 'boolean',
  'peer.isActive': 'function',
  'peer._fulfillRequest': 'function'
}

/** Throws a Failure that names the first undocumented member that `peer` lacks: most would be missed in silence. */
export function assertPeer(peer: Peer): void {
  assertMembers('hypercore', peer, PEER_MEMBERS)
}

/** Blocks for which a peer is asked at once (`MAX_RANGE` of lib/wants.js); an answer covers no more. */
export const WANT_BLOCKS = 2 ** 21

/** What a peer has said of its log; of which only what the writer signed is true for certain. */
export interface RemoteLog {
  /** Whether it has said anything yet: what follows is 0 and false before. */
  readonly synced: boolean
  readonly fork: number
  readonly length: number
  /** Whether it holds the manifest. */
  readonly hasManifest: boolean
}

/** What `peer` has said of its log: tells which peer has more than we. No public way. */
export function remoteLogOf(peer: Peer): RemoteLog {
  const { remoteSynced, remoteFork, remoteLength, remoteHasManifest } = peer as Peer & PeerState
  return {
    synced: remoteSynced,
    fork: remoteFork,
    length: remoteLength,
    hasManifest: remoteHasManifest
  }
}

/** The connection that `peer` is replicated on. No public way from a peer to its connection. */
export function connectionOf(peer: Peer): Connection {
  return (peer as Peer & PeerState).stream
}

/** Where `peer` is, as its connection has it. */
export function addressOf(peer: Peer): Address {
  const { remoteHost, remotePort } = connectionOf(peer).rawStream
  return { host: remoteHost, port: remotePort }
}

/** The Protomux on the connection with `peer`, for protocols beside the replication. */
export function muxOf(peer: Peer): Protomux {
  return (peer as Peer & PeerState).protomux
}

/** How many answers `peer` owes us: with none to come, it is not to blame for a stall. No public way. */
export function answersOwed(peer: Peer): number {
  return (peer as Peer & PeerState).inflight
}

/**
 * Whether Hypercore asks `peer` for nothing more on this connection: it has refused 32 blocks, as one does
 * whose log is on another fork, it has sent what failed to verify, or the store has taken no block of it.
 * No public way.
 */
export function isPaused(peer: Peer): boolean {
  return (peer as Peer & PeerState).paused
}

/**
 * Has Hypercore refuse what it can't answer to `peer` while that is not active, as one that is paused. It (11.37,
 * `_fulfillRequest` of lib/replicator.js) looks for a block in the answer that it doesn't have, and the TypeError
 * would end the connection as if the peer had sent nonsense. No public way.
 */
export function refuseWhilePaused(peer: Peer): void {
  const answering = peer as Peer & PeerState
  const { _fulfillRequest: fulfill } = answering
  answering._fulfillRequest = async (answer, pushing) => {
    try {
      await fulfill.call(peer, answer, pushing)
    } catch (err) {
      if (!(err instanceof TypeError) || answering.isActive()) throw err
      if (!pushing) sendMessage(peer, 'noData', { request: answer.msg.id, reason: NOT_AVAILABLE })
    }
  }
}

/** How many requests of `peer` Hypercore is dealing with, or has yet to. No public way. */
export function requestsOpen(peer: Peer): number {
  return (peer as Peer & PeerState).remoteRequests.size
}

/**
 * Whether `peer` has told us that it holds every block from `start` to before `end`. A public way for
 * a part of it: `core.remoteContiguousLength` counts from the first block on, over all peers.
 */
export function holdsBlocks(peer: Peer, start: number, end: number): boolean {
  const { remoteContiguousLength, remoteBitfield } = peer as Peer & PeerState
  if (remoteContiguousLength >= end) return true
  const missing = remoteBitfield.findFirst(false, start)
  return missing === -1 || missing >= end
}

/** How many blocks from `start` on, and before `end`, `peer` has told us that it holds, without a gap. */
export function heldFrom(peer: Peer, start: number, end: number): number {
  const { remoteContiguousLength, remoteBitfield } = peer as Peer & PeerState
  const missing = remoteBitfield.findFirst(false, Math.max(start, remoteContiguousLength))
  return Math.max(0, Math.min(missing === -1 ? end : missing, end) - start)
}

/** The first block from `start` on that `peer` has told us that it holds; -1 where it has told of none. */
export function firstHeld(peer: Peer, start: number): number {
  const { remoteContiguousLength, remoteBitfield } = peer as Peer & PeerState
  return remoteContiguousLength > start ? start : remoteBitfield.findFirst(true, start)
}

/**
 * Asks `peer` which blocks from `start` to before `end` it holds: unasked, a peer does not tell of
 * blocks that it knows us to have. No public way.
 */
export function askForHoldings(peer: Peer, start: number, end: number): void {
  const first = Math.floor(start / WANT_BLOCKS) * WANT_BLOCKS
  for (let at = first; at < end; at += WANT_BLOCKS) {
    sendMessage(peer, 'want', { start: at, length: WANT_BLOCKS, any: false })
  }
}
