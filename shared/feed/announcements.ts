import type { Peer } from 'hypercore'
import { now } from '../limits/clock.ts'
import { type Range, type Sync, interceptSent } from '../upstream/hypercore-messages.ts'
import { muxOf } from '../upstream/hypercore-peer.ts'

/** By then a block that is new has come to most peers from their sources. */
const SOON_MS = 200

/**
 * Holds back what Hypercore (11.37) announces to a peer whenever the log has grown: a `sync` and a
 * `range`. Among n readers that all know each other these are n² messages a block, sent before the
 * block itself has reached every reader. A peer that follows the feed gets its blocks in batches, and
 * uses the announcements only to choose a source: it gets them a little later, and many in one where the
 * log grows all the time.
 */
export class AnnouncementBuffer {
  readonly #peer: Peer
  readonly #syncs: ReturnType<typeof interceptSent<'sync'>>
  readonly #ranges: ReturnType<typeof interceptSent<'range'>>
  #fork: number
  #sync: Sync | null = null
  #range: Range | null = null
  #timer: Timer | null = null
  #flushedAt = -Infinity

  /**
   * Holds back announcements to `peer`, which knows that the log is on `fork`, so that `announceDelay()`
   * milliseconds lie between two of them on average; 0 holds back nothing.
   */
  constructor(peer: Peer, fork: number, announceDelay: () => number) {
    this.#peer = peer
    this.#fork = fork
    this.#syncs = interceptSent(peer, 'sync', (message) => {
      this.#sync = message
      this.#schedule(message.fork === this.#fork ? announceDelay() : 0)
    })
    this.#ranges = interceptSent(peer, 'range', (message) => {
      if (this.#range === null || !extend(this.#range, message)) {
        this.flush()
        this.#range = { ...message }
      }
      this.#schedule(message.drop ? 0 : announceDelay())
    })
  }

  /** Sends what was held back. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#flushedAt = now()
    const mux = muxOf(this.#peer)
    mux.cork()
    if (this.#sync !== null) {
      this.#fork = this.#sync.fork
      this.#syncs.send(this.#sync)
    }
    if (this.#range !== null) this.#ranges.send(this.#range)
    this.#sync = null
    this.#range = null
    mux.uncork()
  }

  /** Holds nothing back from now on. */
  close(): void {
    this.flush()
    this.#syncs.restore()
    this.#ranges.restore()
  }

  // Jitter: readers that hold the same block must not all announce it at once.
  #schedule(ms: number): void {
    if (ms === 0) return this.flush()
    const rest = announceIn(ms, now() - this.#flushedAt)
    this.#timer ??= setTimeout(() => this.flush(), rest * (0.5 + Math.random()))
  }
}

/**
 * After how many milliseconds to announce new blocks, where `spacing` lie between two announcements and the
 * last was `since` ago: soon after a pause, so that a peer whose source is gone learns that there is more.
 */
export function announceIn(spacing: number, since: number): number {
  return Math.max(Math.min(spacing, SOON_MS), spacing - since)
}

/** Makes `range` include `more`, where the two are one range without a gap; returns whether they are. */
function extend(range: Range, { start, length, drop }: Range): boolean {
  if (drop || range.drop) return false
  const [end, furthest] = [range.start + range.length, start + length]
  if (start > end || furthest < range.start) return false
  range.start = Math.min(range.start, start)
  range.length = Math.max(end, furthest) - range.start
  return true
}
