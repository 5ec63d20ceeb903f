import b4a from 'b4a'
import type { Hypercore } from 'hypercore'
import { type SignedLength, signLength, signedLength } from '../upstream/hypercore-tree.ts'
import { MAX_BLOCKS, MAX_BYTES } from './messages.ts'

interface Boundary extends SignedLength {
  byteLength: number
}

/**
 * The lengths of a log at which its writer's signature is at hand: any length for the writer itself;
 * for a reader the ends of the batches that it received, thinned out so that a log of any length
 * costs a few entries for each thousand blocks, and where its log ends now.
 */
export class SignedLengths {
  readonly #core: Hypercore
  #boundaries: Boundary[] = []

  constructor(core: Hypercore) {
    this.#core = core
    core.on('truncate', () => {
      this.#boundaries = []
    })
  }

  /** Remembers that the log was signed at `length` blocks, `byteLength` bytes. */
  add(length: number, byteLength: number, signature: Uint8Array): void {
    const all = this.#boundaries
    // a view of its batch's message, or of the pool, would keep all of it in memory
    const own = b4a.allocUnsafeSlow(signature.byteLength)
    own.set(signature)
    all.push({ length, byteLength, signature: own })
    // the one in the middle can go while a single batch still spans its neighbours
    const [left, , right] = all.slice(-3)
    if (
      left &&
      right &&
      right.length - left.length <= MAX_BLOCKS &&
      right.byteLength - left.byteLength <= MAX_BYTES
    ) {
      all.splice(-2, 1)
    }
  }

  /** The greatest signed length in (`after`, `upTo`]; null where there is none. */
  async within(after: number, upTo: number): Promise<SignedLength | null> {
    const now = signedLength(this.#core)
    if (now !== null && now.length > after && now.length <= upTo) return now
    if (!this.#core.writable) {
      const at = lastAtMost(this.#boundaries, upTo)
      return at && at.length > after ? at : null
    }
    if (after >= upTo || upTo > this.#core.length) return null
    return { length: upTo, signature: await signLength(this.#core, upTo) }
  }
}

function lastAtMost(all: Boundary[], length: number): Boundary | undefined {
  let low = 0
  let high = all.length
  while (low < high) {
    const mid = (low + high) >>> 1
    if ((all[mid]?.length ?? Infinity) <= length) low = mid + 1
    else high = mid
  }
  return all[low - 1]
}
