/** Knows which parts of a round are disturbed by a fault, and since when the others are not. */
export class Peace {
  readonly #since = new Map<string, number>()
  readonly #count = new Map<string, number>()

  disturb(part: string): void {
    this.#since.set(part, Infinity)
    this.#count.set(part, this.disturbances(part) + 1)
  }

  settle(part: string): void {
    this.#since.set(part, Date.now())
  }

  /** How often `part` was disturbed. */
  disturbances(part: string): number {
    return this.#count.get(part) ?? 0
  }

  /** Whether none of `parts` was disturbed at any time from `time` on. */
  lasts(time: number, parts: string[]): boolean {
    return parts.every((part) => (this.#since.get(part) ?? 0) <= time)
  }
}
