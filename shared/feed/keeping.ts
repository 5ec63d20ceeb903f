import type { Hypercore } from 'hypercore'
import { manifestOf } from '../upstream/hypercore-tree.ts'
import { type KeptWord, isWordOf } from './kept-word.ts'

/** While blocks go in quick succession, peers are told of it no more often than this. */
const TELL_DELAY_MS = 1000

/** What this process keeps of a log. */
export interface OwnKeeping {
  /** The first block that is kept. */
  readonly first: number
  /** The log of a peer that ends before this block is continued by no proof. */
  readonly freed: number
  /** Called when `first` has changed. */
  onmoved: () => void
  /** The log goes on from block `start`, and what came before can no longer be proven. */
  leap(start: number): Promise<void>
}

/** What becomes of a word that a peer passes on. */
type Heard = 'taken' | 'known' | 'forged' | 'too early'

/** Which blocks are kept: here, and by the word of the writer, which counts for nobody else's log. */
export abstract class Keeping {
  protected readonly core: Hypercore
  readonly #own: OwnKeeping | null
  #timer: Timer | null = null
  #closed = false
  /** Called when the word of the writer is another. */
  onword: () => void = () => {}
  /** The same, but not often: when it is time to tell peers. */
  ontell: () => void = () => {}

  /** `own` is null where all that has come is kept. */
  constructor(core: Hypercore, own: OwnKeeping | null) {
    this.core = core
    this.#own = own
  }

  /** The word of the writer on the log as it is now; null where it keeps everything, or has yet to say. */
  abstract get word(): KeptWord | null

  /** The first block that the writer keeps on `fork`, by the last word on it that is known here; else 0. */
  abstract keptOn(fork: number): number

  /** Takes a word of the writer, its last one, on the log as it is or on a later fork. */
  protected abstract accept(word: KeptWord): Heard

  /** The first block that is kept here. */
  get first(): number {
    return this.#own?.first ?? 0
  }

  /** Whether a proof continues the log of a peer that ends at `length`. */
  joins(length: number): boolean {
    return length === 0 || length >= (this.#own?.freed ?? 0)
  }

  /** The first block that the writer keeps, by its word. */
  get kept(): number {
    return this.word?.first ?? 0
  }

  /** Takes a word that a peer has passed on, if the writer has signed it and has said no later one. */
  take(word: KeptWord): Heard {
    if (word.first <= this.keptOn(word.fork)) return 'known'
    const signer = manifestOf(this.core)?.signers[0]
    if (word.fork < this.core.fork || signer === undefined) return 'too early'
    return isWordOf(signer.publicKey, this.core.key, word) ? this.accept(word) : 'forged'
  }

  /** The copy goes on from block `start`, without what leads there. */
  async leap(start: number): Promise<void> {
    await this.#own?.leap(start)
  }

  /** Tells nothing more. */
  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  /** Tells that the word is another. */
  protected changed(): void {
    if (this.#closed) return
    this.onword()
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.ontell()
    }, TELL_DELAY_MS)
  }
}
