import type { Peer, Range, Sync } from 'hypercore'

/**
 * Holds back what Hypercore (11.37) tells a peer whenever the log has grown: a `sync` and a `range`
 * each. Among n readers that all know each other that makes n² messages for one block, under way
 * before the block itself has reached everybody. Who follows the feed gets its blocks by batches, and
 * needs to know what others hold only to choose a source: it is told a little later, of many at once.
 */
export class News {
  readonly #peer: Peer
  readonly #sendSync: (message: Sync) => unknown
  readonly #sendRange: (message: Range) => unknown
  #fork: number
  #sync: Sync | null = null
  #range: Range | null = null
  #timer: Timer | null = null

  /**
   * News for `peer`, which has been told of the log on `fork`. `patience` says for how many
   * milliseconds, on the average, what comes now may be held back; 0 for not at all.
   */
  constructor(peer: Peer, fork: number, patience: () => number) {
    const { wireSync, wireRange } = peer
    this.#peer = peer
    this.#fork = fork
    this.#sendSync = wireSync.send
    this.#sendRange = wireRange.send

    wireSync.send = (message) => {
      this.#sync = message
      this.#hold(message.fork === this.#fork ? patience() : 0)
    }
    wireRange.send = (message) => {
      if (this.#range === null || !extend(this.#range, message)) {
        this.tell()
        this.#range = { ...message }
      }
      this.#hold(message.drop ? 0 : patience())
    }
  }

  // at another time than the others that have the same block
  #hold(ms: number): void {
    if (ms === 0) this.tell()
    else this.#timer ??= setTimeout(() => this.tell(), ms * (0.5 + Math.random()))
  }

  /** Tells what was held back. */
  tell(): void {
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
    this.tell()
    wireSync.send = this.#sendSync
    wireRange.send = this.#sendRange
  }
}

/** Makes `range` take in `more` too, where the two make one. */
function extend(range: Range, { start, length, drop }: Range): boolean {
  if (drop || range.drop) return false
  const [end, furthest] = [range.start + range.length, start + length]
  if (start > end || furthest < range.start) return false
  range.start = Math.min(range.start, start)
  range.length = Math.max(end, furthest) - range.start
  return true
}
