import type { Hypercore } from 'hypercore'
import { now } from '../limits/clock.ts'
import { isHypercoreError } from '../upstream/hypercore-errors.ts'
import { rootsAt, verifiedLength } from '../upstream/hypercore-tree.ts'
import { MAX_BLOCKS } from './messages.ts'
import type { Signed, Want } from './signature-messages.ts'
import { type Place, isOneBatch } from './signature-store.ts'
import type { SignedLengths } from './signed-lengths.ts'
import { retryDelay } from './source-policy.ts'

/** How often it is looked whether signatures are missing. */
const LOOK_MS = 5000
/** A peer that has not answered by then does not know the question. */
const ANSWER_TIMEOUT_MS = 2000
/** Between two questions: a peer is to spend a small part of its time on our past. */
const PAUSE_MS = 300

/** A peer that may have signatures. */
export interface SignaturePeer {
  want(message: Want): unknown
}

/** What the search asks, and tells. */
interface SearchContext<P extends SignaturePeer> {
  /** The peers that speak the feed at present. */
  peers(): Iterable<P>
  /** The copy can't be read. */
  onerror(err: unknown): void
}

/** How often in a row a peer had nothing to give, and when it is asked again. */
interface Failures {
  count: number
  retryAt: number
}

/**
 * Finds the signatures that a copy lacks, since it did not come by the feed or was made by an earlier
 * version, at a peer that has them: without them this peer would serve others block by block.
 */
export class SignatureSearch<P extends SignaturePeer> {
  readonly #core: Hypercore
  readonly #signedLengths: SignedLengths
  readonly #context: SearchContext<P>
  readonly #timer: Timer
  readonly #failures = new WeakMap<P, Failures>()
  /** Batches lead here from the first block, or from a later one before which blocks are missing. */
  #covered: Place = { length: 0, byteLength: 0 }
  #question: { peer: P; after: number; end(answer: Signed | null): void } | null = null
  #looking = false
  #closed = false

  constructor(core: Hypercore, signedLengths: SignedLengths, context: SearchContext<P>) {
    this.#core = core
    this.#signedLengths = signedLengths
    this.#context = context
    core.on('download', (index) => {
      if (index < this.#covered.length) this.#forget()
    })
    core.on('truncate', () => this.#forget())
    this.#timer = setInterval(() => void this.look(), LOOK_MS)
  }

  /** Asks for what is missing. Resolves once nothing is, or no peer has any of it. */
  async look(): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    try {
      let more = true
      while (more && !this.#closed) more = await this.#lookOnce()
    } catch (err) {
      // blocks may have gone meanwhile
      if (!isHypercoreError(err) && this.#core.readable) this.#context.onerror(err)
    }
    this.#looking = false
  }

  /** A peer has answered; what was not asked of it is left alone. */
  onsigned(peer: P, answer: Signed): void {
    const question = this.#question
    if (question?.peer === peer && question.after === answer.after) question.end(answer)
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#timer)
    this.#question?.end(null)
  }

  #forget(): void {
    this.#covered = { length: 0, byteLength: 0 }
  }

  // whether there may be more to look for
  async #lookOnce(): Promise<boolean> {
    const { fork } = this.#core
    const from = this.#covered
    const { start, next } = await this.#signedLengths.firstGap(from)
    const upTo = Math.min(next?.length ?? start.length, start.length + MAX_BLOCKS)
    const held = await this.#core.has(start.length, upTo)
    // it was forgotten meanwhile: what was found may count for nothing now, and there may be more of that
    if (this.#covered !== from) return false
    this.#covered = start
    if (next === null) return false
    if (!held) {
      // how many bytes come before a block that is not here may not be known: no more than may be
      this.#covered = upTo === next.length ? next : { length: upTo, byteLength: Infinity }
      return true
    }
    for (const peer of this.#context.peers()) {
      const { count, retryAt } = this.#failures.get(peer) ?? { count: 0, retryAt: 0 }
      if (retryAt > now()) continue
      const answer = await this.#ask(peer, { fork, after: start.length, upTo: next.length })
      const taken = answer !== null && (await this.#take(start, answer))
      if (this.#closed) return false
      if (taken) return true
      this.#failures.set(peer, { count: count + 1, retryAt: now() + retryDelay(count) })
    }
    return false
  }

  #ask(peer: P, message: Want): Promise<Signed | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => end(null), ANSWER_TIMEOUT_MS)
      const end = (answer: Signed | null): void => {
        clearTimeout(timer)
        this.#question = null
        setTimeout(() => resolve(answer), this.#closed || answer === null ? 0 : PAUSE_MS)
      }
      this.#question = { peer, after: message.after, end }
      peer.want(message)
    })
  }

  // whether batches lead further from `start` now
  async #take(start: Place, { fork, lengths }: Signed): Promise<boolean> {
    let last = start
    for (const { length, signature } of lengths) {
      const { fork: ours, length: end } = this.#core
      if (fork !== ours || length > end || length <= last.length) return false
      const nodes = await rootsAt(this.#core, length)
      const upgrade = { start: 0, length, nodes, additionalNodes: [], signature }
      const signed = await verifiedLength(this.#core, fork, upgrade)
      if (this.#core.fork !== fork) return false
      // no offence: a writer that was put back from a backup may have signed other blocks as well
      if (signed !== length) return false
      const place = { length, byteLength: nodes.reduce((sum, { size }) => sum + size, 0) }
      if (!isOneBatch(last, place)) return false
      this.#signedLengths.keep(fork, { ...place, signature })
      last = place
    }
    return last !== start
  }
}
