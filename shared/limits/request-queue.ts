/** Requests of one peer that are dealt with at the same time. */
const AT_ONCE = 8

interface Request {
  id: number
}

interface Waiting<T> {
  message: T
  done(handled: unknown): void
}

/**
 * Hands the requests of one peer on, a few at a time: Hypercore (11.37) begins with every one as it
 * comes, and keeps the blocks for all of them in memory, before it looks whether the peer reads.
 */
export class Requests<T extends Request> {
  readonly #handle: (message: T) => unknown
  readonly #waiting = new Map<number, Waiting<T>>()
  #busy = 0

  constructor(handle: (message: T) => unknown) {
    this.#handle = handle
  }

  /** How many wait for their turn. */
  get size(): number {
    return this.#waiting.size
  }

  /** Resolves once the request has been dealt with, or cancelled. */
  add(message: T): Promise<unknown> {
    this.cancel(message.id)
    return new Promise((done) => {
      this.#waiting.set(message.id, { message, done })
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
    const [id, { message, done }] = first
    this.#waiting.delete(id)
    this.#busy++
    // what is thrown is for whoever waits for the request
    const handled = Promise.resolve(this.#handle(message)).finally(() => {
      this.#busy--
      this.#next()
    })
    done(handled)
  }
}
