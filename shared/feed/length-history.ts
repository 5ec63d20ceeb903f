/** At most so many moments are remembered; then every second one of the older half goes. */
const MAX_RECORDS = 4096

interface Record {
  readonly at: number
  readonly length: number
}

/**
 * How long the log was, and when: tells a reader that has waited for us what was there before it began.
 * Times are in milliseconds, on the clock of `now`.
 */
export class LengthHistory {
  #records: Record[] = []

  /** The log has `length` blocks since `at`; of no interest where that is earlier than what is known. */
  record(length: number, at: number): void {
    const last = this.#records.at(-1)
    if (last && (last.length >= length || last.at > at)) return
    this.#records.push({ at, length })
    if (this.#records.length > MAX_RECORDS) this.#thin()
  }

  /** All that is known is that the log has `length` blocks at `at`. */
  begin(length: number, at: number): void {
    this.#records = [{ at, length }]
  }

  /**
   * No more blocks than the log had at `at`, so that none that came later is left out; what it had when
   * the first was recorded, for an earlier time; null where nothing was.
   */
  at(at: number): number | null {
    let low = 0
    let high = this.#records.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#records[middle]?.at ?? Infinity) <= at) low = middle + 1
      else high = middle
    }
    return this.#records[Math.max(0, low - 1)]?.length ?? null
  }

  // a moment that is gone counts as the one before it
  #thin(): void {
    const half = MAX_RECORDS / 2
    this.#records = this.#records.filter((_, i) => i >= half || i % 2 === 0)
  }
}
