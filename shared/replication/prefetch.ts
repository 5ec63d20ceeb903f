import type { Download, Hypercore } from 'hypercore'

/** Blocks that plain replication asks peers for ahead of the read position. */
const PREFETCH_BLOCKS = 16_384

/** Has Hypercore's own replication fetch blocks ahead of where they are read. */
export class Prefetch {
  readonly #core: Hypercore
  #download: { range: Download; end: number } | null = null

  constructor(core: Hypercore) {
    this.#core = core
    // what is asked for may lie behind the block that is read next now
    core.on('truncate', () => this.close())
  }

  /** Blocks from `start` on are wanted next. */
  fetch(start: number): void {
    const end = Math.min(this.#core.length, start + PREFETCH_BLOCKS)
    const ahead = (this.#download?.end ?? 0) - start
    if (ahead >= PREFETCH_BLOCKS / 2 || (this.#download && this.#download.end >= end)) return
    this.close()
    this.#download = { range: this.#core.download({ start, end, linear: true }), end }
  }

  close(): void {
    this.#download?.range.destroy()
    this.#download = null
  }
}
