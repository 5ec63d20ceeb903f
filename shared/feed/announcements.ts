import type { Peer } from 'hypercore'
import { now } from '../limits/clock.ts'
import { type Range, type Sync, interceptSent } from '../upstream/hypercore-messages.ts'
import { muxOf } from '../upstream/hypercore-peer.ts'

/**
 * Holds back what Hypercore (11.37) announces to a peer whenever the log has grown: a `sync` and a
 * `range`. Among n readers that all know each other these are n² messages a block, sent before the
 * block itself has reached every reader. A peer that follows the feed gets its blocks in batches, and
 * uses the announcements only to choose a source: it gets them a little later, many in one.
 */
export class AnnouncementBuffer {
  readonly #peer: Peer
  readonly #syncs: ReturnType<typeof interceptSent<'sync'>>
  readonly #ranges: ReturnType<typeof interceptSent<'range'>>
  #fork: number
  #sync: Sync | null = null
  #range: Range | null = null
  #timer: Timer | null = null
  #toldAt = -Infinity

  /**
   * Holds back announcements to `peer`, which knows that the log is on `fork`, for as many milliseconds
   * as `delay` gives, on average, where the peer was told of no block for `sinceTold`; 0 for not at all.
   */
  constructor(peer: Peer, fork: number, delay: (sinceTold: number) => number) {
    this.#peer = peer
    this.#fork = fork
    this.#syncs = interceptSent(peer, 'sync', (message) => {
      this.#sync = message
      this.#schedule(message.fork === this.#fork ? delay(this.#sinceTold) : 0)
    })
    this.#ranges = interceptSent(peer, 'range', (message) => {
      if (this.#range === null || !extend(this.#range, message)) {
        this.flush()
        this.#range = { ...message }
      }
      this.#schedule(message.drop ? 0 : delay(this.#sinceTold))
    })
  }

  /** Sends what was held back. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const mux = muxOf(this.#peer)
    mux.cork()
    if (this.#sync !== null) {
      this.#fork = this.#sync.fork
      this.#syncs.send(this.#sync)
    }
    if (this.#range !== null) {
      this.#toldAt = now()
      this.#ranges.send(this.#range)
    }
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

  get #sinceTold(): number {
    return now() - this.#toldAt
  }

  // Jitter: readers that hold the same block must not all announce it at once.
  #schedule(ms: number): void {
    if (ms === 0) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), ms * (0.5 + Math.random()))
  }
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
