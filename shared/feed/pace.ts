import { MAX_BYTES } from './messages.ts'

/** What a source is judged by at a review. */
export interface Observation {
  /** The source waits for our acknowledgement. */
  readonly heldBack: boolean
  /** Some other peer claims more than we have. */
  readonly othersAhead: boolean
  /** The bytes of our log. */
  readonly byteLength: number
}

/**
 * When a source last moved, and since when it sends little while others have more: the one place
 * that all times of `Progress` come from. Times are in milliseconds.
 */
export class Pace {
  #movedAt: number
  #starved: { since: number; byteLength: number } | null = null

  constructor(now: number) {
    this.#movedAt = now
  }

  get movedAt(): number {
    return this.#movedAt
  }

  get starvedSince(): number | null {
    return this.#starved?.since ?? null
  }

  /** The source has given a sign of life, or has had nothing to send until now. */
  moved(now: number): void {
    this.#movedAt = now
  }

  /** Takes what is seen at a review. Starvation ends with a batch's worth of bytes, and begins anew. */
  observe({ heldBack, othersAhead, byteLength }: Observation, now: number): void {
    const { since, byteLength: before } = (this.#starved ??= { since: now, byteLength })
    const isFed = byteLength - before >= MAX_BYTES
    this.#starved = heldBack || !othersAhead || isFed ? null : { since, byteLength: before }
  }
}
