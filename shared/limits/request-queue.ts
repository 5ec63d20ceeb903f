/** Requests of one peer that are dealt with at the same time. */
const AT_ONCE = 8

interface Waiting {
  begin(): unknown
  done(handled: unknown): void
}

/**
 * Hands the requests of one peer on, a few at a time: Hypercore (11.37) begins with every one as it
 * comes, and keeps the blocks for all of them in memory, before it looks whether the peer reads.
 */
export class RequestQueue {
  readonly #waiting = new Map<number, Waiting>()
  #busy = 0

  /** How many requests wait for their turn. */
  get size(): number {
    return this.#waiting.size
  }

  /** Calls `begin` at the turn of request `id`; resolves once it has been dealt with, or cancelled. */
  add(id: number, begin: () => unknown): Promise<unknown> {
    this.cancel(id)
    return new Promise((done) => {
      this.#waiting.set(id, { begin, done })
      this.#next()
    })
  }

  cancel(id: number): void {
    this.#waiting.get(id)?.done(null)
    this.#waiting.delete(id)
  }

  clear(): void {
    for (const id of [...this.#waiting.keys()]) this.cancel(id)
  }

  #next(): void {
    const [first] = this.#waiting
    if (first === undefined || this.#busy >= AT_ONCE) return
    const [id, { begin, done }] = first
    this.#waiting.delete(id)
    this.#busy++
    // an error goes to the caller of `add`
    const handled = Promise.resolve(begin()).finally(() => {
      this.#busy--
      this.#next()
    })
    done(handled)
  }
}
