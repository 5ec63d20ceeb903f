import type { Hypercore, Peer } from 'hypercore'

/** Peers are asked which blocks they hold in pieces of this many (`WANT_BATCH` of hypercore/lib/wants). */
const WANT_BLOCKS = 65_536 * 32
const POLL_MS = 100
/** A peer does not tell of blocks that it knows us to hold: it has to be asked, and asked again. */
const ASK_MS = 500

/**
 * Resolves to true once one peer holds every block from `start` to before `end`, whatever else it
 * holds, and at once where there are none; to false once `timeout` milliseconds have passed.
 */
export async function heldByPeer(
  core: Hypercore,
  start: number,
  end: number,
  timeout = Infinity
): Promise<boolean> {
  if (start >= end) return true
  // a peer tells of new blocks far from its end only where somebody wants them
  const ask = ({ wireWant }: Peer): void => {
    const first = Math.floor(start / WANT_BLOCKS) * WANT_BLOCKS
    for (let at = first; at < end; at += WANT_BLOCKS) {
      wireWant.send({ start: at, length: WANT_BLOCKS, any: false })
    }
  }
  core.on('peer-add', ask)
  const deadline = Date.now() + timeout
  let askedAt = 0
  try {
    for (;;) {
      if (Date.now() - askedAt >= ASK_MS) {
        core.peers.forEach(ask)
        askedAt = Date.now()
      }
      if (core.peers.some((peer) => holds(peer, start, end))) return true
      if (Date.now() >= deadline || core.closing) return false
      await new Promise<void>((resolve) => setTimeout(resolve, POLL_MS))
    }
  } finally {
    core.off('peer-add', ask)
  }
}

function holds(peer: Peer, start: number, end: number): boolean {
  if (peer.remoteContiguousLength >= end) return true
  const missing = peer.remoteBitfield.findFirst(false, start)
  return missing === -1 || missing >= end
}
