import type { Hypercore, Peer } from 'hypercore'
import { firstHeld, holdsBlocks, remoteLogOf } from '../upstream/hypercore-peer.ts'

/** Whether `peer` is on the fork that `core` is on: of another, it tells which of other blocks it holds. */
export function isOnFork({ fork }: Hypercore, peer: Peer): boolean {
  return remoteLogOf(peer).fork === fork
}

/** The peers whose word on what they hold is about the log as `core` has it. */
export function peersOnFork(core: Hypercore): Peer[] {
  return core.peers.filter((peer) => isOnFork(core, peer))
}

/** Whether one of `peers` has told that it holds block `seq`. */
export function isHeld(peers: Peer[], seq: number): boolean {
  return peers.some((peer) => holdsBlocks(peer, seq, seq + 1))
}

/** The first block behind block `seq` that one of `peers` has told that it holds; Infinity where there is none. */
export function nextHeld(peers: Peer[], seq: number): number {
  const held = peers.map((peer) => firstHeld(peer, seq + 1))
  return Math.min(...held.filter((next) => next !== -1))
}
