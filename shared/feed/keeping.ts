import b4a from 'b4a'
import type { Hypercore } from 'hypercore'
import { type KeptWord, isWordOf, signWord } from './kept-word.ts'
import { manifestOf } from '../upstream/hypercore-tree.ts'

/** Kept beside the blocks of a copy: the word of the writer is passed on while the writer is away. */
const NAME = 'kept'

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
export type Heard = 'taken' | 'known' | 'forged' | 'too early'

/** Which blocks are kept: here, and by the word of the writer, which counts for nobody else's log. */
export class Keeping {
  readonly #core: Hypercore
  readonly #own: OwnKeeping | null
  readonly #isWriter: boolean
  #word: KeptWord | null = null
  /** Its word on a later fork, which our log is to become. */
  #later: KeptWord | null = null
  /** At the writer, what it said itself, by what peers pass on. */
  #earlier: KeptWord | null = null
  #timer: Timer | null = null
  #closed = false
  /** Called when the word of the writer is another. */
  onword: () => void = () => {}
  /** The same, but not often: when it is time to tell peers. */
  ontell: () => void = () => {}

  /** `own` is null where all that has come is kept. */
  constructor(core: Hypercore, own: OwnKeeping | null, { isWriter }: { isWriter: boolean }) {
    this.#core = core
    this.#own = own
    this.#isWriter = isWriter
    if (own !== null && isWriter) own.onmoved = () => this.#changed()
    if (isWriter) return
    void this.#load()
    core.on('truncate', () => {
      if (this.#later?.fork === core.fork) this.take(this.#later)
    })
  }

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

  /** The first block that the writer keeps on `fork`, by its word; 0 where it has yet to say. */
  keptOn(fork: number): number {
    return [this.word, this.#later].find((word) => word?.fork === fork)?.first ?? 0
  }

  /** The word of the writer on the log as it is now; null where it keeps everything, or has yet to say. */
  get word(): KeptWord | null {
    const { fork } = this.#core
    if (this.#isWriter) this.#renew(fork)
    return this.#word?.fork === fork ? this.#word : null
  }

  /**
   * At the writer: the first block that an earlier run kept, as its signed word has it. A log that was put back
   * from a backup need not have the blocks before it.
   */
  get letGo(): number {
    return this.#earlier?.fork === this.#core.fork ? this.#earlier.first : 0
  }

  /** Takes a word that a peer has passed on, if the writer has signed it and has said no later one. */
  take(word: KeptWord): Heard {
    const { fork } = this.#core
    const known = word.fork === fork ? Math.max(this.kept, this.letGo) : this.keptOn(word.fork)
    if (word.first <= known) return 'known'
    const signer = manifestOf(this.#core)?.signers[0]
    if (word.fork < fork || signer === undefined) return 'too early'
    if (!isWordOf(signer.publicKey, this.#core.key, word)) return 'forged'
    if (word.fork > fork) {
      if (word.fork >= (this.#later?.fork ?? 0)) this.#later = word
      return 'too early'
    }
    if (this.#isWriter) {
      this.#earlier = word
      return 'taken'
    }
    this.#word = word
    this.#save(word)
    this.#changed()
    return 'taken'
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

  #changed(): void {
    if (this.#closed) return
    this.onword()
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.ontell()
    }, TELL_DELAY_MS)
  }

  #renew(fork: number): void {
    const { first } = this
    if (first === 0 || (this.#word?.fork === fork && this.#word.first === first)) return
    const { key, keyPair } = this.#core
    if (keyPair?.secretKey) this.#word = signWord(keyPair.secretKey, key, { fork, first })
  }

  #save({ fork, first, signature }: KeptWord): void {
    const text = JSON.stringify({ fork, first, signature: b4a.toString(signature, 'hex') })
    // without it the next run has to be told again
    this.#core.setUserData(NAME, b4a.from(text)).catch(() => {})
  }

  async #load(): Promise<void> {
    const bytes = await this.#core.getUserData(NAME).catch(() => null)
    if (bytes === null || this.#word !== null) return
    const saved = JSON.parse(b4a.toString(bytes)) as Omit<KeptWord, 'signature'> & {
      signature: string
    }
    this.#word = { ...saved, signature: b4a.from(saved.signature, 'hex') }
    this.#changed()
  }
}
