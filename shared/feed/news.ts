import type { Hypercore, Peer, Range, Sync } from 'hypercore'

/** A peer hears about new blocks this often, on the average. */
const EVERY_MS = 4000

/**
 * What Hypercore (11.37) tells every peer whenever the log has grown: a `sync` and a `range` each.
 * Among n readers that all know each other that makes n² messages for one block, under way before
 * the block itself has reached everybody. Who follows the feed gets its blocks by batches, and needs
 * to know what others hold only to choose a source: it is told a little later, of many at once.
 */
export class News {
  readonly #peers = new Map<Peer, Held>()
  readonly #core: Hypercore
  #timer: Timer | null = null

  constructor(core: Hypercore) {
    this.#core = core
  }

  /** Holds back, from now on, what `peer` is told; but never while `isUrgent` says so. */
  hold(peer: Peer, isUrgent: () => boolean): void {
    this.#peers.set(peer, new Held(peer, this.#core.fork, isUrgent, () => this.#later()))
  }

  /** Tells `peer` what it is yet to be told. */
  tell(peer: Peer): void {
    this.#peers.get(peer)?.tell()
  }

  /** Holds nothing more back from `peer`. */
  release(peer: Peer): void {
    this.#peers.get(peer)?.end()
    this.#peers.delete(peer)
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    for (const peer of this.#peers.keys()) this.release(peer)
  }

  // at another time than the others that have the same block
  #later(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null
        for (const held of this.#peers.values()) held.tell()
      },
      EVERY_MS * (0.5 + Math.random())
    )
  }
}

/** What one peer is yet to be told. */
class Held {
  readonly #peer: Peer
  readonly #sendSync: (message: Sync) => unknown
  readonly #sendRange: (message: Range) => unknown
  #fork: number
  #sync: Sync | null = null
  #range: Range | null = null

  constructor(peer: Peer, fork: number, isUrgent: () => boolean, onhold: () => void) {
    const { wireSync, wireRange } = peer
    this.#peer = peer
    this.#fork = fork
    this.#sendSync = wireSync.send
    this.#sendRange = wireRange.send

    wireSync.send = (message) => {
      this.#sync = message
      if (message.fork !== this.#fork || isUrgent()) this.tell()
      else onhold()
    }
    wireRange.send = (message) => {
      if (this.#range === null || !extend(this.#range, message)) {
        this.tell()
        this.#range = { ...message }
      }
      if (message.drop || isUrgent()) this.tell()
      else onhold()
    }
  }

  tell(): void {
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

  end(): void {
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
