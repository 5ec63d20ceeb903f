import b4a from 'b4a'
import type { Hypercore, Peer } from 'hypercore'
import { now } from '../limits/clock.ts'
import { type ForkGap, onForkGap } from '../upstream/hypercore-fork.ts'
import { askForHoldings, connectionOf, firstHeld } from '../upstream/hypercore-peer.ts'

/** Peers show within this time how much of a later fork is in our log, unless none can any more. */
const ANSWER_MS = 2000
const REVIEW_MS = 500

/**
 * Finds out how much of a later fork is in the log `core` too, until it becomes that one. Each peer is asked for
 * the nodes of its tree above a block that it holds, or once for those above the last block that both may have,
 * since nodes are kept for longer than blocks. Where no peer has them either, and the writer keeps no such
 * block on that fork, by what `keptOn` tells, no more is taken to be in both: unless `mayDrop` objects, since
 * our blocks there are lost by it.
 */
export function searchForks(
  core: Hypercore,
  { keptOn, mayDrop }: { keptOn(fork: number): number; mayDrop(): boolean }
): void {
  let gap: ForkGap | null = null
  let since = 0
  // the keys of the peers: a peer that is no app of ours ends the connection over a node that it lacks
  let asked = new Set<string>()
  let timer: Timer | null = null

  const choose = (peer: Peer, next: ForkGap): number | null => {
    const { fork, start, end } = next
    if (gap?.fork !== fork || gap.start !== start || gap.end !== end) {
      since = now()
      asked = new Set()
    }
    gap = next
    timer ??= setInterval(review, REVIEW_MS)
    const held = firstHeld(peer, start)
    if (held !== -1 && held < end) return held
    const key = b4a.toString(connectionOf(peer).remotePublicKey, 'hex')
    if (start >= end || asked.has(key)) return null
    asked.add(key)
    // unasked, a peer tells of none that we have, on whatever fork
    askForHoldings(peer, start, end)
    return Math.max(start, Math.min(end, core.length) - 1)
  }
  const review = (): void => {
    if (gap === null || gap.end > keptOn(gap.fork) || now() - since < ANSWER_MS) return
    const { settle } = gap
    close()
    if (!mayDrop()) return
    settle()
    core.update({ wait: false }).catch(() => {})
  }
  const close = (): void => {
    gap = null
    if (timer !== null) clearInterval(timer)
    timer = null
  }

  core.on('peer-add', (peer) => onForkGap(peer, (next) => choose(peer, next)))
  core.on('truncate', close)
  core.on('close', close)
}
