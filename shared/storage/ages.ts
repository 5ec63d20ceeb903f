/** When the log had `length` blocks: on the clock of the wall, which goes on while no process runs. */
export interface Mark {
  readonly length: number
  readonly at: number
}

/** So many moments are remembered of the time for which blocks are kept. */
const MARKS = 50

/** How old the blocks of a log are here: no block says when it was written, so that it is noted as they come. */
export class Ages {
  readonly #ms: number
  #marks: Mark[]

  /** Blocks are kept for `ms` milliseconds; `marks` were noted by earlier runs. */
  constructor(ms: number, marks: readonly Mark[]) {
    this.#ms = ms
    this.#marks = [...marks]
  }

  get marks(): readonly Mark[] {
    return this.#marks
  }

  /**
   * Notes that there are `length` blocks, unless there were as many before. Returns whether enough time has
   * passed to remember that.
   */
  note(length: number): boolean {
    const [before, last] = [this.#marks.at(-2), this.#marks.at(-1)]
    if (last !== undefined && length <= last.length) return false
    // a clock that was set back makes nothing older
    const mark = { length, at: Math.max(Date.now(), last?.at ?? 0) }
    // of those that come soon after one the last counts
    const isClose = before !== undefined && mark.at - before.at < this.#ms / MARKS
    if (isClose) this.#marks[this.#marks.length - 1] = mark
    else this.#marks.push(mark)
    return !isClose
  }

  /** How many blocks are older than they are kept for. Forgets what came before. */
  get expired(): number {
    const before = Date.now() - this.#ms
    const index = this.#marks.findLastIndex(({ at }) => at <= before)
    if (index > 0) this.#marks.splice(0, index)
    return index === -1 ? 0 : (this.#marks[0]?.length ?? 0)
  }

  /** The log was truncated to `length` blocks. */
  truncate(length: number): void {
    this.#marks = this.#marks.filter((mark) => mark.length < length)
  }
}
