import { now } from './clock.ts'

/** What comes so much later than it was due does so because there is too much to do. */
const MOST_LATE_MS = 200
/** For so many turns after one that was late a process is taken to be so. */
const STRAINED_TURNS = 4

/**
 * Calls `then` after `ms` milliseconds, in which others may have answered. A process that is late by then waits once
 * more: it has yet to read what has come, and they may be as late. Returns what ends the waiting.
 */
export function waitForOthers(ms: number, then: () => void): () => void {
  const due = now() + ms
  let timer = setTimeout(() => {
    if (!isLate(due)) return then()
    timer = setTimeout(then, ms)
  }, ms)
  return () => clearTimeout(timer)
}

/**
 * Whether this process came late of late to what it does at every turn: it, or its machine, had more to do than it
 * can, and what is begun then makes all the rest later.
 */
export class Lateness {
  readonly #turnMs: number
  #markedAt = now()
  #lateAt = -Infinity

  /** `mark` is to be called every `turnMs` milliseconds. */
  constructor(turnMs: number) {
    this.#turnMs = turnMs
  }

  mark(): void {
    if (this.#isLate) this.#lateAt = now()
    this.#markedAt = now()
  }

  get isStrained(): boolean {
    return this.#isLate || now() - this.#lateAt < STRAINED_TURNS * this.#turnMs
  }

  get #isLate(): boolean {
    return isLate(this.#markedAt + this.#turnMs)
  }
}

/** Whether what was due at `at` comes late. */
function isLate(at: number): boolean {
  return now() - at > MOST_LATE_MS
}
