import type { Hypercore, Peer } from 'hypercore'
import { WANT_BLOCKS, askForHoldings } from '../upstream/hypercore-peer.ts'

/** What a peer tells of blocks reaches this far beyond the end of the log that the writer has signed. */
const MAX_AHEAD = 2 ** 26
/** A peer is asked again for this many stretches of WANT_BLOCKS: an honest one tells of few unasked. */
const MAX_STRETCHES = 256

/**
 * Keeps what a peer tells of blocks far beyond the end of our log from Hypercore, which would take
 * memory and time for it. It need be no lie: a copy that is new has yet to learn where a log of any
 * length ends. So the peer is asked again once our log is as long.
 */
export class FarBlocks {
  readonly #core: Hypercore
  readonly #peer: Peer
  /** The first block of each stretch that the peer is to be asked for. */
  readonly #stretches = new Set<number>()

  constructor(core: Hypercore, peer: Peer) {
    this.#core = core
    this.#peer = peer
  }

  /** Whether the peer may tell of `length` blocks from `start` on by now; notes them where it may not. */
  inReach(start: number, length: number): boolean {
    const end = start + length
    if (end <= this.#core.length + MAX_AHEAD) return true
    const first = Math.floor(start / WANT_BLOCKS) * WANT_BLOCKS
    for (let at = first; at < end && this.#stretches.size < MAX_STRETCHES; at += WANT_BLOCKS) {
      this.#stretches.add(at)
    }
    return false
  }

  /** Asks the peer for what it told too early, as far as our log reaches now. */
  askAgain(): void {
    const { length } = this.#core
    for (const start of this.#stretches) {
      if (start >= length) continue
      this.#stretches.delete(start)
      askForHoldings(this.#peer, start, start + 1)
    }
  }
}
