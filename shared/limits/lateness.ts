import { now } from './clock.ts'

/** What comes so much later than it was due does so because there is too much to do. */
const MOST_LATE_MS = 200
/** So long after it was late last a process is taken to be so. */
const STRAIN_MS = 4000
/** A process that is late waits up to so many times as long for others. */
const MOST_WAITS = 4

/**
 * Calls `then` after `ms` milliseconds, in which others may have answered. A process that is late by then waits
 * again: it has yet to read what has come, and they may be as late. Returns what ends the waiting.
 */
export function waitForOthers(ms: number, then: () => void): () => void {
  let timer: Timer
  begin(MOST_WAITS)
  return () => clearTimeout(timer)

  function begin(times: number): void {
    const due = now() + ms
    timer = setTimeout(() => (times > 1 && isLate(due) ? begin(times - 1) : then()), ms)
  }
}

/**
 * Whether this process comes late to what it does again and again: it has more to do than it can, or its machine
 * has. What is begun then makes all the rest later.
 */
export class Lateness {
  readonly #everyMs: number
  #markedAt = now()
  #lateAt = -Infinity

  /** `mark` is to be called every `everyMs` milliseconds. */
  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  mark(): void {
    if (this.#isLate) this.#lateAt = now()
    this.#markedAt = now()
  }

  get isStrained(): boolean {
    return this.#isLate || now() - this.#lateAt < STRAIN_MS
  }

  get #isLate(): boolean {
    return isLate(this.#markedAt + this.#everyMs)
  }
}

/** Whether what was due at `at` comes late. */
function isLate(at: number): boolean {
  return now() - at > MOST_LATE_MS
}
