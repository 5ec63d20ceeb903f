import { WINDOW_BYTES } from './messages.ts'
import { SILENCE_MS } from './source-policy.ts'

/** So many bytes between two reviews are a message on its way, and more than status and keep-alives. */
const MOVE_BYTES = 4096
/** A source that sends this much within the starvation limit does not starve us. */
export const FED_BYTES = 256 * 1024
/** No batch is longer than the longest block, and no more of them are under way than the window holds. */
export const UNFINISHED_BYTES = 16 * 1024 * 1024 + WINDOW_BYTES

/** What a source is judged by at a review. */
interface Observation {
  /** The source waits for our acknowledgement. */
  readonly heldBack: boolean
  /** Some other peer claims more than we have. */
  readonly othersAhead: boolean
  /** Bytes that have come from the source on its connection. */
  readonly received: number
  /** What is sent to the source is not acknowledged. */
  readonly seemsDead: boolean
}

/**
 * When a source last moved, and since when it sends little while others have more: the one place
 * that all times of `SubscriptionState` come from. Times are in milliseconds.
 *
 * On a slow link a batch takes long, and to leave its source would throw away what has come of it. So
 * bytes count, though only as many as an honest source sends before a batch is whole.
 */
export class Pace {
  #movedAt: number
  /** Bytes received when the source last moved, and when its last batch was whole. */
  #movedBytes: number
  #wholeBytes: number
  #starved: { since: number; received: number } | null = null
  #heard: { at: number; received: number }
  #hasDied = false

  /** `received`: bytes that had come from the source before it was asked. */
  constructor(received: number, now: number) {
    this.#movedAt = now
    this.#movedBytes = received
    this.#wholeBytes = received
    this.#heard = { at: now, received }
  }

  get movedAt(): number {
    return this.#movedAt
  }

  get starvedSince(): number | null {
    return this.#starved?.since ?? null
  }

  /** Whether the source has gone without a word. */
  get hasDied(): boolean {
    return this.#hasDied
  }

  /** The source has given a sign of life, or has had nothing to send until now. */
  moved(now: number): void {
    this.#movedAt = now
  }

  /** A batch was whole and the writer's, once `received` bytes had come. */
  finished(received: number, now: number): void {
    this.#movedAt = now
    this.#wholeBytes = received
  }

  /** Takes what is seen at a review. Starvation ends with enough bytes, and begins anew. */
  observe({ heldBack, othersAhead, received, seemsDead }: Observation, now: number): void {
    if (received !== this.#heard.received) this.#heard = { at: now, received }
    // where our own link is full its acknowledgements are late, and its blocks come all the same
    this.#hasDied = seemsDead && !heldBack && now - this.#heard.at >= SILENCE_MS
    const counts = received - this.#wholeBytes <= UNFINISHED_BYTES
    if (counts && received - this.#movedBytes >= MOVE_BYTES) {
      this.#movedAt = now
      this.#movedBytes = received
    }
    const { since, received: before } = (this.#starved ??= { since: now, received })
    const isFed = counts && received - before >= FED_BYTES
    this.#starved = heldBack || !othersAhead || isFed ? null : { since, received: before }
  }
}
