import type { Hypercore } from 'hypercore'
import { isHypercoreError } from '../upstream/hypercore-errors.ts'
import type { SignedLength } from '../upstream/hypercore-tree.ts'
import { batchEnd } from './batch-reader.ts'
import { MAX_SIGNATURES, type Signed, type Want } from './signature-messages.ts'
import type { SignedLengths } from './signed-lengths.ts'

/** Answers peers that lack signatures, one after the other: who asks meanwhile is told none. */
export class SignatureAnswers {
  readonly #core: Hypercore
  readonly #signedLengths: SignedLengths
  readonly #onerror: (err: unknown) => void
  #answering = false

  constructor(core: Hypercore, signedLengths: SignedLengths, onerror: (err: unknown) => void) {
    this.#core = core
    this.#signedLengths = signedLengths
    this.#onerror = onerror
  }

  /** The lengths that `want` asks for, as far as they are here. */
  async answer({ fork, after, upTo }: Want): Promise<Signed> {
    const none = { fork, after, lengths: [] }
    if (this.#answering || fork !== this.#core.fork) return none
    this.#answering = true
    try {
      const lengths = await this.#lengths(after, Math.min(upTo, this.#core.length))
      return fork === this.#core.fork ? { fork, after, lengths } : none
    } catch (err) {
      // blocks may be missing here
      if (!isHypercoreError(err) && this.#core.readable) this.#onerror(err)
      return none
    } finally {
      this.#answering = false
    }
  }

  async #lengths(after: number, upTo: number): Promise<SignedLength[]> {
    const lengths: SignedLength[] = []
    for (let at = after; at < upTo && lengths.length < MAX_SIGNATURES; ) {
      const end = await batchEnd(this.#core, at, upTo)
      const signed = await this.#signedLengths.within(at, end)
      if (signed === null) break
      lengths.push(signed)
      at = signed.length
    }
    return lengths
  }
}
