import b4a from 'b4a'
import type { Hypercore, Peer } from 'hypercore'

/** Blocks that were asked for and did not come for this long will not come. */
const PATIENCE_MS = 10_000
const PROBE = 'probe'

/** What a watchdog is told, and whom it tells. */
export interface Watched {
  /** Whether blocks were asked of peers that claim to have them. */
  waiting(): boolean
  /** A peer that was asked and has not answered. */
  onsilent(peer: Peer): void
  /** The store takes no more blocks, which Hypercore's replication keeps to itself. */
  onerror(err: unknown): void
}

/**
 * Notices that `core` makes no progress although peers have blocks: tries whether the disk takes
 * anything, then gives up the peers that owe an answer. Returns what ends the watch.
 */
export function watchProgress(
  core: Hypercore,
  { waiting, onsilent, onerror }: Watched
): () => void {
  let movedAt = Date.now()
  const moved = (): void => {
    movedAt = Date.now()
  }
  core.on('append', moved)
  core.on('download', moved)

  const timer = setInterval(() => {
    if (!waiting()) moved()
    if (Date.now() - movedAt < PATIENCE_MS) return
    moved()
    core
      .setUserData(PROBE, b4a.from(String(movedAt)))
      .then(() => core.peers.filter(({ inflight }) => inflight > 0).forEach(onsilent), onerror)
  }, PATIENCE_MS / 10)

  return () => {
    clearInterval(timer)
    core.off('append', moved)
    core.off('download', moved)
  }
}
