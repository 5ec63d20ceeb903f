import type { Hypercore, Peer } from 'hypercore'
import { now } from '../clock.ts'
import { askForHoldings, holdsBlocks } from '../upstream/hypercore-peer.ts'

const POLL_MS = 100
/** Peers do not announce blocks that they know we have, so they are asked for them this often. */
const ASK_MS = 500

/**
 * Resolves to true once one peer holds every block from `start` to before `end`, whatever else it
 * holds, and at once where there are none; to false once `timeout` milliseconds have passed.
 */
export async function waitUntilHeld(
  core: Hypercore,
  start: number,
  end: number,
  timeout = Infinity
): Promise<boolean> {
  if (start >= end) return true
  // asked once, a peer tells of new blocks too, wherever they lie
  const ask = (peer: Peer): void => askForHoldings(peer, start, end)
  core.on('peer-add', ask)
  const deadline = now() + timeout
  let askedAt = -Infinity
  try {
    for (;;) {
      if (now() - askedAt >= ASK_MS) {
        core.peers.forEach(ask)
        askedAt = now()
      }
      if (core.peers.some((peer) => holdsBlocks(peer, start, end))) return true
      if (now() >= deadline || !core.readable) return false
      await new Promise<void>((resolve) => setTimeout(resolve, POLL_MS))
    }
  } finally {
    core.off('peer-add', ask)
  }
}
