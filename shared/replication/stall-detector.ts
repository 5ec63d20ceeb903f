import b4a from 'b4a'
import type { Hypercore, Peer } from 'hypercore'
import { now } from '../limits/clock.ts'
import { answersOwed } from '../upstream/hypercore-peer.ts'

/** Blocks that were asked for and have not come for this long are not coming. */
const STALL_TIMEOUT_MS = 10_000
/** The name of what is written to try the disk. */
const PROBE = 'probe'

/** What a stall detector asks, and tells. */
export interface StallEvents {
  /** Whether blocks were asked of peers that claim to have them. */
  waiting(): boolean
  /** A peer was asked and has not answered. */
  onstall(peer: Peer): void
  /** The store takes no more blocks, which Hypercore's replication keeps to itself. */
  onerror(err: unknown): void
}

/**
 * Notices that `core` makes no progress although peers have blocks: tries whether the disk takes
 * anything, then reports the peers that owe an answer. Returns what ends it.
 */
export function detectStalls(
  core: Hypercore,
  { waiting, onstall, onerror }: StallEvents
): () => void {
  let movedAt = now()
  const moved = (): void => {
    movedAt = now()
  }
  core.on('append', moved)
  core.on('download', moved)

  const timer = setInterval(() => {
    if (!waiting()) moved()
    if (now() - movedAt < STALL_TIMEOUT_MS) return
    moved()
    core
      .setUserData(PROBE, b4a.from(String(movedAt)))
      .then(() => core.peers.filter((peer) => answersOwed(peer) > 0).forEach(onstall), onerror)
  }, STALL_TIMEOUT_MS / 10)

  return () => {
    clearInterval(timer)
    core.off('append', moved)
    core.off('download', moved)
  }
}
