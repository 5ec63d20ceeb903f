import type { Skip } from './messages.ts'

/**
 * The first block that is wanted: block `from`, or the first of the last `tail` that there were when we
 * began, where the log is read live, or that there are when a source is met.
 */
export type Start = { from: number } | { tail: number; live: boolean }

/** Where the reading of a log starts, until a source has answered that. Times are in milliseconds. */
export class OpenStart {
  #start: Start
  readonly #beganAt: number
  #answered = false

  constructor(start: Start, now: number) {
    this.#start = start
    this.#beganAt = now
  }

  /** The block is known, or all that are still to come are wanted. */
  startAt(position: number): void {
    this.#start = { from: position }
  }

  /** What a source is asked to leave out. */
  get skip(): Skip {
    return 'from' in this.#start ? this.#start : { tail: this.#start.tail }
  }

  /** For how long what was there when we began has been an open question; 0 where it is none. */
  waited(now: number): number {
    const isOpen = !this.#answered && ('from' in this.#start || this.#start.live)
    return isOpen ? now - this.#beganAt : 0
  }

  /**
   * A source has begun with a log of `end` blocks, of which `before` were there when we began. Returns
   * how many are earlier ones.
   */
  answer(end: number, before: number): number {
    const isLive = 'live' in this.#start && this.#start.live
    this.#start = { from: 0 }
    this.#answered = true
    return isLive ? before : end
  }
}
