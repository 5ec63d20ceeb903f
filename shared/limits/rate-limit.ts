import { now } from '../clock.ts'

/** Tokens a second, of which a small message of a peer costs one. */
const RATE = 10_000
/** Tokens at the most: a peer may send for five seconds at once. */
const BURST = 5 * RATE

/** Bounds what the messages of one peer cost us: more than any honest peer needs is refused. */
export class TokenBucket {
  #tokens = BURST
  #filledAt = now()

  /** Takes `cost` tokens; false where there are not as many. */
  tryTake(cost: number): boolean {
    const at = now()
    this.#tokens = Math.min(BURST, this.#tokens + ((at - this.#filledAt) / 1000) * RATE) - cost
    this.#filledAt = at
    return this.#tokens >= 0
  }
}

/** Still used in feed/, to be removed. */
export class Allowance extends TokenBucket {
  take(cost: number): boolean {
    return this.tryTake(cost)
  }
}
