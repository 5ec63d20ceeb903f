import b4a from 'b4a'
import type { Hypercore, Peer } from 'hypercore'
import { now } from '../limits/clock.ts'
import { answersOwed, connectionOf } from '../upstream/hypercore-peer.ts'
import { payloadReceived } from '../upstream/hyperswarm-connection.ts'

/** Blocks that were asked for and have not come for this long are not coming. */
export const STALL_TIMEOUT_MS = 10_000
/** A peer that has sent this much since it was last looked at is sending. */
const SENDING_BYTES = 4096
/** The name of what is written to try the disk. */
const PROBE = 'probe'

/** What a stall detector asks, and tells. */
interface StallEvents {
  /** How long a peer may be silent, in milliseconds; 10 s without it. */
  timeout?: number
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
  { timeout = STALL_TIMEOUT_MS, waiting, onstall, onerror }: StallEvents
): () => void {
  let movedAt = now()
  const marks = new Map<Peer, { received: number; at: number }>()
  const moved = (): void => {
    movedAt = now()
  }
  core.on('append', moved)
  core.on('download', moved)

  const timer = setInterval(() => {
    mark()
    if (!waiting()) {
      marks.clear()
      moved()
    }
    if (now() - movedAt < timeout) return
    moved()
    core
      .setUserData(PROBE, b4a.from(String(movedAt)))
      .then(() => core.peers.filter(isSilent).forEach(onstall), onerror)
  }, timeout / 10)

  // a block takes long on a slow link: a peer that is sending it has not stalled
  function mark(): void {
    for (const peer of marks.keys()) if (!core.peers.includes(peer)) marks.delete(peer)
    for (const peer of core.peers) {
      const received = payloadReceived(connectionOf(peer))
      const last = marks.get(peer)
      if (last && received - last.received < SENDING_BYTES) continue
      marks.set(peer, { received, at: now() })
    }
  }

  function isSilent(peer: Peer): boolean {
    const { at = now() } = marks.get(peer) ?? {}
    return answersOwed(peer) > 0 && now() - at >= timeout
  }

  return () => {
    clearInterval(timer)
    core.off('append', moved)
    core.off('download', moved)
  }
}
