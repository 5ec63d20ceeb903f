/** Requests of one peer that are dealt with at the same time. */
const MAX_CONCURRENT = 8

interface Waiting<T> {
  message: T
  handle: (message: T) => unknown
  done(handled: unknown): void
}

/**
 * Hands the requests of one peer on, a few at a time: Hypercore (11.37) begins with every one as it
 * comes, and keeps the blocks for all of them in memory, before it looks whether the peer reads.
 */
export class RequestQueue<T extends { id: number }> {
  readonly #waiting = new Map<number, Waiting<T>>()
  #busy = 0

  /** How many wait for their turn. */
  get size(): number {
    return this.#waiting.size
  }

  /** Hands `message` to `handle` in its turn; resolves once that was done, or the request cancelled. */
  add(message: T, handle: (message: T) => unknown): Promise<unknown> {
    this.cancel(message.id)
    return new Promise((done) => {
      this.#waiting.set(message.id, { message, handle, done })
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
    if (first === undefined || this.#busy >= MAX_CONCURRENT) return
    const [id, { message, handle, done }] = first
    this.#waiting.delete(id)
    this.#busy++
    // an error is the caller's, who waits for the request
    const handled = Promise.resolve(handle(message)).finally(() => {
      this.#busy--
      this.#next()
    })
    done(handled)
  }
}
