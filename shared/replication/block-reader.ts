import type { Hypercore } from 'hypercore'
import { blocksWithin } from '../feed/block-budget.ts'
import type { Delivery } from '../feed/events.ts'
import { Signal } from '../limits/signal.ts'
import { Deliveries } from './deliveries.ts'
import { firstHole } from './first-hole.ts'
import { GoneBlocks, storedBlocks } from './gone-blocks.ts'
import { Prefetch } from './prefetch.ts'
import type { Blocks, Step } from './steps.ts'

/** Stored blocks are read in pieces of at most this many, and of this many bytes or one block. */
const READ_BLOCKS = 1024
const READ_BYTES = 1024 * 1024
/** So few blocks are read without a look at their sizes. */
const FEW_BLOCKS = 8

/**
 * Yields every block of `core` from `position` on, live, in order, each once. Blocks that the feed
 * delivers are handed on as they come; the others are read from disk, or fetched from peers first.
 * Asking for more says that the last blocks were taken: only then may their source send more.
 *
 * When the writer truncates its log below the position, yields a rewind, and goes on from where the
 * new log differs. Blocks that the writer keeps no longer, and that no peer has, are left out with a word.
 */
export class BlockReader {
  readonly #core: Hypercore
  readonly #standing: () => number
  /** The first block that was ever to be read. */
  #first: number
  #position: number
  #end = Infinity
  #barrier = Infinity
  readonly #delivered = new Deliveries()
  readonly #ahead: Prefetch
  readonly #change = new Signal()
  #interrupt: (() => void) | null = null
  #truncations = 0
  #rewound = false
  #waiting = false
  #closed = false
  /** Which blocks nobody has any more. */
  readonly gone: GoneBlocks

  /** `standing` tells how many of the blocks before `position` stand that earlier runs have taken. */
  constructor(core: Hypercore, position: number, standing: () => number) {
    this.#core = core
    this.#standing = standing
    this.#first = position
    this.#ahead = new Prefetch(core)
    this.gone = new GoneBlocks(core, () => this.#change.raise())
    this.#position = position
    core.on('append', () => this.#change.raise())
    core.on('truncate', (length) => {
      this.#truncations++
      this.#interrupt?.()
      this.#delivered.clear()
      const kept = this.#kept(length)
      if (kept < this.#position) {
        this.#first = Math.min(this.#first, kept)
        this.#position = kept
        this.#rewound = true
      }
      this.#change.raise()
    })
    core.on('close', () => this.close())
  }

  /** Moves the position, before the first blocks are asked for. */
  startAt(position: number): void {
    this.#first = position
    this.#position = position
    this.#change.raise()
  }

  /** Ends after the last block before `end`. */
  endAt(end: number): void {
    this.#end = end
    this.#change.raise()
  }

  /** Reads nothing from block `barrier` on, until it is told another. */
  holdAt(barrier: number): void {
    this.#barrier = barrier
    this.#change.raise()
  }

  /** The block that comes next. */
  get position(): number {
    return this.#position
  }

  /** Whether the next block has to come from a peer that was asked for it. */
  get waiting(): boolean {
    return this.#waiting
  }

  /** Takes blocks that the feed brings. */
  deliver(delivery: Delivery): void {
    this.#delivered.add(delivery)
    this.#change.raise()
  }

  /** Ends now, wherever it is. */
  close(): void {
    this.#closed = true
    this.gone.close()
    this.#change.raise()
  }

  async *blocks(): AsyncGenerator<Step> {
    while (!this.#closed && (this.#rewound || this.#position < this.#end)) {
      if (this.#rewound) {
        this.#rewound = false
        yield { rewindTo: this.#position }
        continue
      }
      const delivery = this.#delivered.next(this.#position)
      if (delivery && delivery.start <= this.#position) {
        const stored = await delivery.stored
        if (!this.#delivered.take(delivery) || !stored) continue
        yield* this.#take(delivery.blocks.slice(this.#position - delivery.start))
        delivery.release()
        continue
      }
      if (this.gone.suspects(this.#position)) {
        const [start, changes] = [this.#position, this.#change.count]
        const end = await this.gone.upTo(start)
        if (end > start && start === this.#position && !this.#rewound) {
          this.#position = end
          yield { gone: { start, end } }
        }
        if (end > start || changes !== this.#change.count) continue
      }
      const limit = Math.min(delivery?.start ?? this.#core.length, this.#limit)
      if (this.#position < limit) yield* this.#take(await this.#read(limit))
      else await this.#change.raised()
    }
    this.#ahead.close()
  }

  // How many of the blocks before the position stand in a log that keeps its first `length`. What was
  // never read is not replaced: a new copy of a log that was rewound before it takes that rewind too.
  #kept(length: number): number {
    const standing = this.#standing()
    if (standing < this.#first) return standing
    return this.#position > this.#first ? Math.max(length, this.#first) : Infinity
  }

  *#take(all: Uint8Array[]): Generator<Blocks> {
    const blocks = all.slice(0, Math.max(0, this.#limit - this.#position))
    if (blocks.length === 0) return
    const seq = this.#position
    this.#position += blocks.length
    yield { seq, blocks, fork: this.#core.fork }
  }

  get #limit(): number {
    return Math.min(this.#end, this.#barrier)
  }

  // stored blocks from the position on, once there are some
  async #read(limit: number): Promise<Uint8Array[]> {
    const truncations = this.#truncations
    const start = this.#position
    const furthest = Math.min(limit, start + READ_BLOCKS)
    let upTo = await firstHole(this.#core, start, furthest)
    if (upTo === start) {
      const hidden = await storedBlocks(this.#core, start, furthest)
      if (truncations !== this.#truncations) return []
      if (hidden.length > 0) return hidden
      this.#ahead.fetch(start)
      this.#waiting = true
      // it may turn out to be kept by nobody meanwhile, or be no block of the log any more
      const arrival = this.#try(this.#core.get(start))
      const arrived = await Promise.race([arrival, this.gone.suspected(start), this.#rewind()])
      this.#waiting = false
      if (arrived === null || truncations !== this.#truncations) return []
      upTo = await firstHole(this.#core, start, furthest)
    }
    const end = upTo - start <= FEW_BLOCKS ? upTo : await this.#endOfPiece(start, upTo)
    if (truncations !== this.#truncations) return []
    if (end < limit) this.#ahead.fetch(end)

    const blocks = await this.#try(storedBlocks(this.#core, start, end))
    return truncations === this.#truncations ? (blocks ?? []) : []
  }

  async #endOfPiece(start: number, end: number): Promise<number> {
    const count = await this.#try(blocksWithin(this.#core, { start, end, bytes: READ_BYTES }))
    return start + (count ?? 0)
  }

  // resolves once the log is truncated
  #rewind(): Promise<null> {
    return new Promise((resolve) => (this.#interrupt = () => resolve(null)))
  }

  // a block that a truncation takes away meanwhile is no error
  async #try<T>(reading: Promise<T>): Promise<T | null> {
    const truncations = this.#truncations
    try {
      return await reading
    } catch (err) {
      if (this.#closed || !this.#core.readable || truncations !== this.#truncations) return null
      throw err
    }
  }
}
