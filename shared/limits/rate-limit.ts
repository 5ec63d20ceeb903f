import { now } from '../clock.ts'

/** What a peer may cost a second on and on, in small messages, and five times as much at once. */
const RATE = 10_000
const BURST = 5 * RATE

/** Counts what a peer costs us, where it is the peer who decides how much there is to do. */
export class Allowance {
  #left = BURST
  #at = now()

  /** Takes `cost`; false where the peer has used up what any honest peer could need. */
  take(cost: number): boolean {
    const at = now()
    this.#left = Math.min(BURST, this.#left + ((at - this.#at) / 1000) * RATE) - cost
    this.#at = at
    return this.#left >= 0
  }
}
