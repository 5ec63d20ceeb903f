import type { Hypercore, Peer } from 'hypercore'
import { remoteLogOf } from '../upstream/hypercore-peer.ts'

/** Whether `peer` is on the fork that `core` is on: of another, it tells which of other blocks it holds. */
export function isOnFork({ fork }: Hypercore, peer: Peer): boolean {
  return remoteLogOf(peer).fork === fork
}

/** The peers whose word on what they hold is about the log as `core` has it. */
export function peersOnFork(core: Hypercore): Peer[] {
  return core.peers.filter((peer) => isOnFork(core, peer))
}
