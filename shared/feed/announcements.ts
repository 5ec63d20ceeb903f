import type { Peer, Range, Sync } from 'hypercore'

/**
 * Holds back what Hypercore (11.37) announces to a peer whenever the log has grown: a `sync` and a
 * `range`. Among n readers that all know each other these are n² messages a block, sent before the
 * block itself has reached every reader. A peer that follows the feed gets its blocks in batches, and
 * uses the announcements only to choose a source: it gets them a little later, many in one.
 */
export class AnnouncementBuffer {
  readonly #peer: Peer
  readonly #sendSync: (message: Sync) => unknown
  readonly #sendRange: (message: Range) => unknown
  #fork: number
  #sync: Sync | null = null
  #range: Range | null = null
  #timer: Timer | null = null

  /**
   * Holds back announcements to `peer`, which knows that the log is on `fork`, for `announceDelay()`
   * milliseconds on average; 0 for not at all.
   */
  constructor(peer: Peer, fork: number, announceDelay: () => number) {
    const { wireSync, wireRange } = peer
    this.#peer = peer
    this.#fork = fork
    this.#sendSync = wireSync.send
    this.#sendRange = wireRange.send

    wireSync.send = (message) => {
      this.#sync = message
      this.#schedule(message.fork === this.#fork ? announceDelay() : 0)
    }
    wireRange.send = (message) => {
      if (this.#range === null || !extend(this.#range, message)) {
        this.flush()
        this.#range = { ...message }
      }
      this.#schedule(message.drop ? 0 : announceDelay())
    }
  }

  /** Sends what was held back. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const { protomux } = this.#peer
    protomux.cork()
    if (this.#sync !== null) {
      this.#fork = this.#sync.fork
      this.#sendSync(this.#sync)
    }
    if (this.#range !== null) this.#sendRange(this.#range)
    this.#sync = null
    this.#range = null
    protomux.uncork()
  }

  /** Holds nothing back from now on. */
  close(): void {
    const { wireSync, wireRange } = this.#peer
    this.flush()
    wireSync.send = this.#sendSync
    wireRange.send = this.#sendRange
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
