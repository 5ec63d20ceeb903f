/** Where the log ends, as the sources of the feed tell it. */
export class LogEnd {
  #proven: number | null = null
  #waiting: ((end: number | null) => void)[] = []

  /** A source has proven where the log ends; null where there is no source that could. */
  tell(end: number | null): void {
    this.#proven = end ?? this.#proven
    for (const resolve of this.#waiting.splice(0)) resolve(end)
  }

  /** Resolves to what is proven, or as soon as something is told. */
  ask(): Promise<number | null> {
    if (this.#proven !== null) return Promise.resolve(this.#proven)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
