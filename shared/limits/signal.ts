/** Wakes the one that waits for something to have changed. */
export class Signal {
  #count = 0
  #wake: (() => void) | null = null

  /** How often it was raised. */
  get count(): number {
    return this.#count
  }

  raise(): void {
    this.#count++
    this.#wake?.()
    this.#wake = null
  }

  /** Resolves once it is raised. */
  raised(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve))
  }
}
