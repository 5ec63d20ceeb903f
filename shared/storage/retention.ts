import type { Hypercore } from 'hypercore'
import { endOfRun, flushStore, freeBlocks, freeTree } from '../upstream/hypercore-trim.ts'
import { Ages } from './ages.ts'
import { type Keep, firstToKeep } from './keep.ts'
import { type Kept, loadKept, lowered, saveKept, truncated } from './kept.ts'

/** By number or size blocks go by a tenth of what is kept, so that there is always between 100 and 110 % of it. */
const SHARE = 0.1
/** Of those that have gone the tree is kept of as many as are kept, but of so many at least and at most. */
const MIN_TREE_BLOCKS = 10_000
const MAX_TREE_BLOCKS = 1_000_000
/** The store is written out once nothing has gone for this long. */
const QUIET_MS = 10_000
/** Blocks that have become too old go within this time. */
const MAX_INTERVAL_MS = 3_600_000
const MIN_INTERVAL_MS = 1000

/**
 * Frees the blocks of a log that are no longer kept, and after them their nodes of the Merkle tree. What
 * is left proves every block that is kept, and lets copies join that end not long before the first.
 *
 * Four steps, each of which a kill may come after: what is to go is saved, the blocks go, the nodes go,
 * what has gone is saved. A log whose end is lost in a power cut has lost what was saved after it too.
 */
export class Retention {
  readonly #core: Hypercore
  readonly #keep: Keep | null
  readonly #ages: Ages | null
  #kept: Kept
  readonly #needed: (taken: number) => number
  #trimming: Promise<number> | null = null
  #truncations = 0
  #timer: Timer | null = null
  #aging: Timer | null = null
  /** Called when the first block that is kept is another. */
  onmoved: () => void = () => {}

  private constructor(
    core: Hypercore,
    keep: Keep | null,
    needed: (taken: number) => number,
    kept: Kept
  ) {
    this.#core = core
    this.#keep = keep
    this.#needed = needed
    this.#kept = kept
    this.#ages = keep !== null && 'ms' in keep ? new Ages(keep.ms, kept.marks ?? []) : null
    core.on('truncate', (length) => {
      this.#truncations++
      this.#ages?.truncate(length)
      this.#replace(truncated(this.#kept, length))
    })
  }

  /**
   * What is kept of `core`, and from now on is to be kept; null for everything that there is. Of the blocks
   * before the one given, `needed` tells the first that is needed whatever else is kept.
   */
  static async load(
    core: Hypercore,
    keep: Keep | null,
    needed: (taken: number) => number = (taken) => taken
  ): Promise<Retention> {
    return new Retention(core, keep, needed, await loadKept(core))
  }

  /** The first block that is kept. */
  get first(): number {
    return this.#kept.first
  }

  /** Copies that end before this block are joined by no proof. */
  get freed(): number {
    return this.#kept.freed
  }

  /** The end of the run of blocks that begins with the first one that is kept. */
  get end(): number {
    return endOfRun(this.#core, this.first)
  }

  /**
   * Lets go of what is no longer kept, of the blocks before `taken()`, now and as they become too old. A
   * failure later on is told to `onerror`. Resolves to how many went now.
   */
  begin(taken: () => number, onerror: (err: unknown) => void): Promise<number> {
    if (this.#keep !== null && 'ms' in this.#keep) {
      const apply = (): void => void this.apply(taken()).catch(onerror)
      const interval = Math.min(this.#keep.ms * SHARE, MAX_INTERVAL_MS)
      this.#aging = setInterval(apply, Math.max(interval, MIN_INTERVAL_MS))
    }
    return this.apply(taken(), 0)
  }

  /** The log goes on from block `start`: what came before stays on the disk, and is proven no more. */
  leap(start: number): Promise<void> {
    return this.#save({ first: start, freed: start, gone: start })
  }

  /** No block is here before block `start`, and none will come. */
  async skipTo(start: number): Promise<void> {
    if (start > this.first) await this.#save({ first: start, gone: start })
  }

  /** Every block that there is to get is to be kept, though an earlier run has let go of it. */
  wantAll(): void {
    this.lower(this.#kept.gone)
  }

  /** Does what a trim that was cut off has left undone. */
  async finish(): Promise<void> {
    const { first, cleared } = this.#kept
    if (cleared < first) await this.#free()
  }

  /** Blocks from `start` on may be stored again, though they had gone: they are to go again. */
  lower(start: number): void {
    this.#replace(lowered(this.#kept, start))
  }

  /**
   * Lets go of what is no longer kept of the blocks before block `taken`, once it is a tenth of what is, or
   * the `share` that is given: what is still to be taken does not count. Resolves to how many went.
   */
  apply(taken: number = this.#core.length, share = SHARE): Promise<number> {
    if (this.#keep === null) return Promise.resolve(0)
    this.#trimming ??= this.#apply(this.#keep, taken, share).finally(() => {
      this.#trimming = null
    })
    return this.#trimming
  }

  /** Resolves once no trim is under way. */
  async close(): Promise<void> {
    if (this.#aging !== null) clearInterval(this.#aging)
    // who began the trim is told what it failed of, and without the marks the next run keeps more
    await this.#trimming?.catch(() => {})
    if (this.#ages !== null && this.#core.readable) await this.#save({}).catch(() => {})
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  async #apply(keep: Keep, taken: number, share: number): Promise<number> {
    const { first } = this.#kept
    const truncations = this.#truncations
    const end = Math.min(taken, this.#core.length)
    if (this.#ages?.note(end)) await this.#save({})
    const wanted =
      this.#ages === null
        ? await firstToKeep(this.#core, keep, { from: first, end, share })
        : Math.min(end, this.#ages.expired)
    if (wanted <= first || truncations !== this.#truncations) return 0
    const needed = Math.min(wanted, this.#needed(wanted))
    // an odd one would have Hypercore delete nodes that prove what comes before
    const next = needed - (needed % 2)
    if (next <= this.#kept.first) return 0
    await this.#save({ first: next })
    await this.#free()
    this.onmoved()
    return next - first
  }

  async #free(): Promise<void> {
    const { first, cleared, freed } = this.#kept
    const core = this.#core
    const truncations = this.#truncations
    // of a log that is truncated meanwhile the next trim does the rest
    const isSame = (): boolean => truncations === this.#truncations
    try {
      await freeBlocks(core, cleared, first)
    } catch (err) {
      if (isSame()) throw err
    }
    const kept = core.length - first
    const reserve = Math.min(MAX_TREE_BLOCKS, Math.max(MIN_TREE_BLOCKS, kept))
    const to = Math.min(first, Math.max(freed, first - reserve))
    // nodes may have come again with their blocks
    const from = Math.min(freed, cleared)
    if (to > from) await freeTree(core, from, to, isSame)
    if (!isSame()) return
    await this.#save({ freed: Math.max(to, this.#kept.freed), cleared: first })
    this.#flushLater()
  }

  #flushLater(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      // a store that cannot be written says so at the next append
      flushStore(this.#core).catch(() => {})
    }, QUIET_MS)
  }

  #replace(kept: Kept): void {
    if (kept === this.#kept) return
    const saved = this.#save(kept)
    // whoever saves next is told of an error
    saved.catch(() => {})
  }

  async #save(changes: Partial<Kept>): Promise<void> {
    const marks = this.#ages?.marks
    this.#kept = { ...this.#kept, ...changes, ...(marks && { marks }) }
    await saveKept(this.#core, this.#kept)
  }
}
