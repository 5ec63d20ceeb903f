import type { OwnLog } from './claim.ts'
import {
  type Batch,
  type Begin,
  MAX_BLOCKS,
  type Skip,
  type Subscribe,
  WINDOW_BATCHES,
  WINDOW_BYTES
} from './messages.ts'
import { Pace } from './pace.ts'
import type { CandidateState, SubscriptionState } from './source-policy.ts'

/** A peer that is followed. */
interface Source extends CandidateState {
  /** Bytes that have come from it on its connection. */
  readonly received: number
}

/** Asks for what follows our log as it is now. */
export function requestOf(
  { length, fork, hasManifest, tree, leaps }: OwnLog,
  id: number,
  skip: Skip,
  waited: number
): Subscribe {
  const rest = 'from' in skip ? { from: Math.max(skip.from, length) } : skip
  const leap = leaps && { leaps }
  return { id, fork, length, skip: rest, manifest: !hasManifest, tree, waited, ...leap }
}

/**
 * One subscription: what was asked, what has come, and what we have not acknowledged. A message that
 * no honest source sends is answered with the offence; the caller has checked that it carries the id.
 */
export class Subscription<C extends Source> {
  readonly source: C
  /** What the source was asked, with our log as it was then. */
  readonly request: Subscribe
  readonly #pace: Pace
  #contested = false
  #over = false
  /** The source before this one, which is followed again unless this one brings what it claims. */
  #fallback: C | null
  /** The first block of the next batch; null until the source has begun. */
  #next: number | null = null
  #provenEnd = Infinity
  #unacknowledged: { end: number; bytes: number }[] = []

  constructor(source: C, request: Subscribe, fallback: C | null, now: number) {
    this.source = source
    this.request = request
    this.#fallback = fallback
    this.#pace = new Pace(source.received, now)
  }

  /** Where the source has proven the log to end when it began; Infinity before. */
  get provenEnd(): number {
    return this.#provenEnd
  }

  /** Whether the source is no longer followed: its messages do not matter any more. */
  get isOver(): boolean {
    return this.#over
  }

  end(): void {
    this.#over = true
  }

  /** Whether the source is silent while a peer that can't be followed claims more. */
  get contested(): boolean {
    return this.#contested
  }

  /** Whether the source has gone without a word, as far as was seen at the last review. */
  get hasDied(): boolean {
    return this.#pace.hasDied
  }

  /** What the policy judges the source by. */
  get progress(): SubscriptionState<C> {
    return {
      source: this.source,
      fallback: this.#fallback,
      provenEnd: this.#provenEnd,
      heldBack: this.#heldBack,
      movedAt: this.#pace.movedAt,
      starvedSince: this.#pace.starvedSince,
      hasDied: this.#pace.hasDied
    }
  }

  /** Takes the answer of the source; returns the offence, or null. */
  receiveBegin({ start, end, before }: Begin): string | null {
    if (this.#next !== null) return 'began twice'
    this.#next = start
    const length = end?.length ?? 0
    if (before > length) return `says that ${before} blocks of ${length} were there before`
    const { skip } = this.request
    const tooEarly = 'tail' in skip && before - skip.tail > start + MAX_BLOCKS
    return tooEarly ? `began at block ${start} of ${before} for the last ones` : null
  }

  /** Takes a batch; returns the offence, or null. */
  receiveBatch({ start, blocks }: Batch): string | null {
    if (start !== this.#next) {
      return 'sent a batch that does not begin where the last one ended'
    }
    const pending = this.#unacknowledged.reduce((sum, batch) => sum + batch.bytes, 0)
    if (this.#unacknowledged.length >= WINDOW_BATCHES || pending >= WINDOW_BYTES) {
      return 'sent more than it may ahead of our acknowledgements'
    }
    const bytes = blocks.reduce((sum, block) => sum + block.byteLength, 0)
    this.#next = start + blocks.length
    this.#unacknowledged.push({ end: this.#next, bytes })
    return null
  }

  /** The source has proven where the log ends, and ours is where its batches begin. */
  proved(end: number, now: number): void {
    this.#provenEnd = end
    this.#pace.moved(now)
  }

  /** A batch is verified and stored. Returns the fallback, which the source has proven to lag. */
  stored(now: number): C | null {
    const fallback = this.#fallback
    this.#fallback = null
    this.#pace.finished(this.source.received, now)
    return fallback
  }

  /** The oldest batch has been taken. Returns the end of it: what to acknowledge. */
  taken(now: number): number {
    this.#pace.moved(now)
    return this.#unacknowledged.shift()?.end ?? 0
  }

  /** The source has given a sign of life, or has had nothing to send until now. */
  moved(now: number): void {
    this.#pace.moved(now)
  }

  /** Sets whether the source is contested. Returns whether that is a change. */
  contest(contested: boolean): boolean {
    const changed = this.#contested !== contested
    this.#contested = contested
    return changed
  }

  /** Takes what is seen at a review. Returns whether the source has died, or is alive after all. */
  observe(othersAhead: boolean, now: number): boolean {
    const { received, seemsDead } = this.source
    const before = this.#pace.hasDied
    this.#pace.observe({ othersAhead, received, seemsDead, heldBack: this.#heldBack }, now)
    return this.#pace.hasDied !== before
  }

  get #heldBack(): boolean {
    return this.#unacknowledged.length > 0
  }
}
