import type { Hypercore } from 'hypercore'
import type { SignedLength } from '../upstream/hypercore-tree.ts'
import type { Keeping } from './keeping.ts'
import { MAX_BLOCKS } from './messages.ts'
import type { SignedLengths } from './signed-lengths.ts'

/** Finds where to begin with what a peer asks for: at a signed length, and where there are blocks. */
export class ServingStart {
  readonly #core: Hypercore
  readonly #signedLengths: SignedLengths
  readonly #keeping: Keeping

  constructor(core: Hypercore, signedLengths: SignedLengths, keeping: Keeping) {
    this.#core = core
    this.#signedLengths = signedLengths
    this.#keeping = keeping
  }

  /**
   * The block that a peer wants whose log has `length` blocks and that asks for block `asked`, or the first
   * after it that is kept; and the signed length to begin at, null where the peer's own will do.
   */
  async find(
    length: number,
    asked: number
  ): Promise<{ wanted: number; signed: SignedLength | null }> {
    const first = await this.#firstFrom(Math.max(asked, length))
    const wanted = Math.max(asked, first)
    if (wanted <= length) return { wanted, signed: null }
    const upTo = Math.min(wanted, this.#core.length)
    const signed = await this.#signedLengths.within(length, upTo)
    if (first <= (signed?.length ?? length)) return { wanted, signed }
    // the blocks that lead from there to the wanted one have gone
    const near = await this.#signedLengths.within(first - 1, first + MAX_BLOCKS)
    const later = near ?? (await this.#signedLengths.within(first - 1, this.#core.length))
    return { wanted, signed: later }
  }

  // the first block that can be served to a peer that asks for block `asked`
  async #firstFrom(asked: number): Promise<number> {
    const { first, kept } = this.#keeping
    if (asked >= kept || (await this.#core.has(asked))) return first
    return Math.max(first, Math.min(kept, this.#core.length))
  }
}
