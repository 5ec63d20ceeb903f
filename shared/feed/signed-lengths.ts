import b4a from 'b4a'
import type { Hypercore } from 'hypercore'
import { type SignedLength, signLength, signedLength } from '../upstream/hypercore-tree.ts'
import { type Boundary, type Place, SignatureStore, isOneBatch } from './signature-store.ts'

/**
 * The lengths of a log at which its writer's signature is at hand: any length for the writer itself;
 * for a reader those at which its copy has ever ended, thinned out so that a log of any length costs a
 * few entries for each thousand blocks, and where it ends now. A reader keeps them with its copy.
 */
export class SignedLengths {
  readonly #core: Hypercore
  readonly #store: SignatureStore
  /** The last one that is kept, and the last that there was, which is kept if a later one needs it. */
  #kept: Place | null = null
  #last: Boundary | null = null

  constructor(core: Hypercore) {
    this.#core = core
    this.#store = new SignatureStore(core)
    if (core.writable) return
    this.#begin()
    core.on('append', () => this.#addPresent())
    core.on('truncate', () => this.#begin())
  }

  /** Remembers that the log was signed at `length` blocks, `byteLength` bytes. */
  add(length: number, byteLength: number, signature: Uint8Array): void {
    const last = this.#last
    // the one in the middle can go while a single batch still spans its neighbours
    if (last !== null && !(this.#kept && isOneBatch(this.#kept, { length, byteLength }))) {
      this.#store.add(this.#core.fork, last)
      this.#kept = last
    }
    // a view of its batch's message, or of the pool, would keep all of it in memory
    const own = b4a.allocUnsafeSlow(signature.byteLength)
    own.set(signature)
    this.#last = { length, byteLength, signature: own }
  }

  /** Keeps `boundary`, to which the writer's signature on `fork` was found to belong. */
  keep(fork: number, boundary: Boundary): void {
    this.#store.add(fork, boundary)
  }

  /** The greatest signed length in (`after`, `upTo`]; null where there is none. */
  async within(after: number, upTo: number): Promise<SignedLength | null> {
    const now = signedLength(this.#core)
    if (now !== null && now.length > after && now.length <= upTo) return now
    if (this.#core.writable) {
      if (after >= upTo || upTo > this.#core.length) return null
      return { length: upTo, signature: await signLength(this.#core, upTo) }
    }
    const last = this.#last
    if (last !== null && last.length > after && last.length <= upTo) return last
    return this.#store.lastIn(after, upTo)
  }

  /**
   * The first gap from `place` on, which no batch leads across: it starts where the signed batches stop, and `next`
   * is the signed length after it, too far for one batch. Null in place of `next` where there is no gap: batches
   * lead to the end of the log.
   */
  async firstGap(
    place: Place
  ): Promise<{ start: Place; next: Place } | { start: Place; next: null }> {
    let start = place
    const { length, byteLength } = this.#core
    for await (const next of this.#store.allIn(place.length, length - 1)) {
      if (!isOneBatch(start, next)) return { start, next }
      start = next
    }
    const end = { length, byteLength }
    return isOneBatch(start, end) ? { start: end, next: null } : { start, next: end }
  }

  /** Resolves once what is to be kept is on disk. */
  settled(): Promise<void> {
    return this.#store.settled()
  }

  #begin(): void {
    this.#kept = this.#core.length === 0 ? { length: 0, byteLength: 0 } : null
    this.#last = null
    this.#addPresent()
  }

  #addPresent(): void {
    const { length, byteLength } = this.#core
    const now = signedLength(this.#core)
    if (now?.length === length) this.add(length, byteLength, now.signature)
  }
}
