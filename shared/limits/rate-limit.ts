import { now } from './clock.ts'

/** Tokens that a peer gets a second, where a small message costs one. */
const RATE = 10_000
/** Tokens that a peer can save up. */
const BURST = 5 * RATE

/** Token bucket: bounds what a peer costs us where the peer decides how much there is to do. */
export class TokenBucket {
  #tokens = BURST
  #filledAt = now()

  /** Takes `cost` tokens; false, and none taken, where the peer has used up what any honest peer could need. */
  tryTake(cost: number): boolean {
    const at = now()
    this.#tokens = Math.min(BURST, this.#tokens + ((at - this.#filledAt) / 1000) * RATE)
    this.#filledAt = at
    if (this.#tokens < cost) return false
    this.#tokens -= cost
    return true
  }
}
