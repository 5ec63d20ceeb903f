/** So many milliseconds ahead something can be let happen. */
const HORIZON_MS = 2 ** 18

/** Time that passes only as events take place, in order and each in a whole millisecond. */
export class Clock {
  #now = 0
  // a wheel of milliseconds: what happens in one is in the order in which it was asked for
  readonly #slots: ((() => void)[] | null)[] = new Array(HORIZON_MS).fill(null)

  get now(): number {
    return this.#now
  }

  /** Lets something happen in `ms` milliseconds, in the next one at the earliest. */
  after(ms: number, happen: () => void): void {
    const at = (this.#now + Math.max(1, Math.round(ms))) % HORIZON_MS
    const slot = this.#slots[at]
    if (slot) slot.push(happen)
    else this.#slots[at] = [happen]
  }

  /** Lets all happen that is due until `end`. */
  run(end: number): void {
    while (this.#now < end) {
      const at = ++this.#now % HORIZON_MS
      const slot = this.#slots[at]
      if (!slot) continue
      this.#slots[at] = null
      for (const happen of slot) happen()
    }
  }
}
