import type { Peer } from 'hypercore'
import { now } from '../limits/clock.ts'
import { type Range, type Sync, interceptSent } from '../upstream/hypercore-messages.ts'
import { holdsBlocks, muxOf, remoteLogOf } from '../upstream/hypercore-peer.ts'

/** When a peer is told. */
interface AnnouncementPolicy {
  /**
   * For how many milliseconds, on average, an announcement is held back where the peer was told of no block for
   * `sinceTold`; 0 for not at all.
   */
  delay(sinceTold: number): number
  /** Whether the peer is told even of blocks that it has itself. */
  isToldAll(): boolean
}

/**
 * Holds back what Hypercore (11.37) announces to a peer whenever the log has grown: a `sync` and a
 * `range`. Among n readers that all know each other these are n² messages a block, sent before the
 * block itself has reached every reader. A peer that follows the feed gets its blocks in batches, and
 * uses the announcements only to choose a source: it gets them a little later, many in one. What it has told us
 * itself by then it gets with the next ones.
 */
export class AnnouncementBuffer {
  readonly #peer: Peer
  readonly #policy: AnnouncementPolicy
  readonly #syncs: ReturnType<typeof interceptSent<'sync'>>
  readonly #ranges: ReturnType<typeof interceptSent<'range'>>
  readonly #forkBefore: number
  #told: Sync | null = null
  #sync: Sync | null = null
  #range: Range | null = null
  #timer: Timer | null = null
  #toldAt = -Infinity

  /** Holds back announcements to `peer`, which knows that the log is on `fork`. */
  constructor(peer: Peer, fork: number, policy: AnnouncementPolicy) {
    this.#peer = peer
    this.#policy = policy
    this.#forkBefore = fork
    this.#syncs = interceptSent(peer, 'sync', (message) => {
      const isNewFork = message.fork !== this.#ourFork
      // what was held back is of the log as it was
      if (isNewFork) this.flush()
      this.#sync = message
      this.#schedule(isNewFork ? 0 : policy.delay(this.#sinceTold))
    })
    this.#ranges = interceptSent(peer, 'range', (message) => {
      if (this.#range !== null && !extend(this.#range, message)) this.flush()
      this.#range ??= { ...message }
      this.#schedule(message.drop ? 0 : policy.delay(this.#sinceTold))
    })
  }

  /** Sends what was held back. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const mux = muxOf(this.#peer)
    mux.cork()
    if (this.#sync !== null) {
      this.#told = this.#sync
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

  get #ourFork(): number {
    return (this.#sync ?? this.#told)?.fork ?? this.#forkBefore
  }

  get #sinceTold(): number {
    return now() - this.#toldAt
  }

  // Jitter: readers that hold the same block must not all announce it at once.
  #schedule(ms: number): void {
    if (ms === 0) this.flush()
    else this.#timer ??= setTimeout(() => this.#due(), ms * (0.5 + Math.random()))
  }

  #due(): void {
    this.#timer = null
    if (this.#policy.isToldAll() || this.#isNews) this.flush()
  }

  // Hypercore asks the same before it announces blocks, when most peers have yet to get them
  get #isNews(): boolean {
    const [told, sync, range] = [this.#told, this.#sync, this.#range]
    const { fork, length } = remoteLogOf(this.#peer)
    const isOther = fork !== this.#ourFork || (sync !== null && !isAlike(told, sync))
    const isLonger = sync !== null && sync.length > length
    const end = range === null ? 0 : range.start + range.length
    const isMissing = range !== null && !holdsBlocks(this.#peer, range.start, end)
    return isOther || isLonger || isMissing
  }
}

/** Whether two say the same but for where the log ends. */
function isAlike(one: Sync | null, other: Sync): boolean {
  return (
    one?.downloading === other.downloading &&
    one.hasManifest === other.hasManifest &&
    one.allowPush === other.allowPush
  )
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
