import type { Hypercore, Peer } from 'hypercore'
import { now, within } from '../limits/clock.ts'
import { Signal } from '../limits/signal.ts'
import { sendMessage } from '../upstream/hypercore-messages.ts'
import { askForHoldings, connectionOf, holdsBlocks } from '../upstream/hypercore-peer.ts'
import { startOfLastRun } from './first-hole.ts'
import { isOnFork } from './holders.ts'

const POLL_MS = 100
/** Peers do not announce blocks that they know we have, so they are asked, and asked again. */
const ASK_MS = 500
/** A peer has this long to take what is told at the end. */
const FAREWELL_MS = 1000

/**
 * Resolves to true once one peer has held every block from `first()` to before `end`, whatever else it
 * holds, and at once where there are none; to false once `timeout` milliseconds have passed. A peer
 * that has left since counts: `sayFarewell` is the last that it says.
 */
export async function waitUntilHeld(
  core: Hypercore,
  first: () => number,
  end: number,
  timeout = Infinity
): Promise<boolean> {
  let held = false
  const found = new Signal()
  const look = (peer: Peer): void => {
    held ||= isOnFork(core, peer) && holdsBlocks(peer, first(), end)
    if (held) found.raise()
  }
  // a peer tells of new blocks far from its end only where they are wanted
  const ask = (peer: Peer): void => askForHoldings(peer, first(), end)
  core.on('peer-add', ask)
  core.on('peer-remove', look)
  const deadline = now() + timeout
  let askedAt = -Infinity
  try {
    for (;;) {
      if (first() >= end) return true
      if (now() - askedAt >= ASK_MS) {
        core.peers.forEach(ask)
        askedAt = now()
      }
      core.peers.forEach(look)
      if (held) return true
      if (now() >= deadline || !core.readable) return false
      await within(found.raised(), POLL_MS)
    }
  } finally {
    core.off('peer-add', ask)
    core.off('peer-remove', look)
  }
}

/**
 * Tells every peer which blocks `core` holds, and ends the connections: resolves once the peers have
 * taken all that was told, or a second has passed. A writer may wait for this, and for nothing else.
 */
export async function sayFarewell(core: Hypercore): Promise<void> {
  const runs = await heldRuns(core)
  for (const { start, end } of runs) {
    for (const peer of core.peers) {
      sendMessage(peer, 'range', { start, length: end - start, drop: false })
    }
  }
  await endInOrder(core.peers)
}

/** Ends the connections with `peers` once they have taken all that was told, or a second has passed. */
export async function endInOrder(peers: readonly Peer[]): Promise<void> {
  const ended = peers.map(connectionOf).map((connection) => {
    connection.end()
    return new Promise<void>((resolve) => connection.once('close', resolve))
  })
  await within(Promise.all(ended), FAREWELL_MS)
}

// a log is read from its beginning, or from some block on to its end
async function heldRuns(core: Hypercore): Promise<{ start: number; end: number }[]> {
  const { length, contiguousLength } = core
  const last = { start: await startOfLastRun(core), end: length }
  const first = { start: 0, end: contiguousLength }
  return [first, last].filter(({ start, end }, i) => start < end && (i === 0 || start > 0))
}
