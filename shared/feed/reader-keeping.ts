import b4a from 'b4a'
import type { Hypercore } from 'hypercore'
import { Keeping, type OwnKeeping } from './keeping.ts'
import type { KeptWord } from './kept-word.ts'

/** Kept beside the blocks of a copy: the word of the writer is passed on while the writer is away. */
const NAME = 'kept'

/** What the writer of a log keeps, as a reader hears it. */
export class ReaderKeeping extends Keeping {
  #word: KeptWord | null = null
  /** The word on a later fork, which our log is to become. */
  #later: KeptWord | null = null

  constructor(core: Hypercore, own: OwnKeeping | null) {
    super(core, own)
    void this.#load()
    core.on('truncate', () => {
      if (this.#later?.fork === core.fork) this.accept(this.#later)
    })
  }

  /** The word on the log as it is now; null where the writer keeps everything, or has yet to say. */
  get word(): KeptWord | null {
    return this.#word?.fork === this.core.fork ? this.#word : null
  }

  keptOn(fork: number): number {
    return [this.word, this.#later].find((word) => word?.fork === fork)?.first ?? 0
  }

  protected accept(word: KeptWord): 'taken' | 'too early' {
    if (word.fork > this.core.fork) {
      if (word.fork >= (this.#later?.fork ?? 0)) this.#later = word
      return 'too early'
    }
    this.#word = word
    this.#save(word)
    this.changed()
    return 'taken'
  }

  #save({ fork, first, signature }: KeptWord): void {
    const text = JSON.stringify({ fork, first, signature: b4a.toString(signature, 'hex') })
    // without it the next run has to be told again
    this.core.setUserData(NAME, b4a.from(text)).catch(() => {})
  }

  async #load(): Promise<void> {
    const bytes = await this.core.getUserData(NAME).catch(() => null)
    if (bytes === null || this.#word !== null) return
    const saved = JSON.parse(b4a.toString(bytes)) as Omit<KeptWord, 'signature'> & {
      signature: string
    }
    this.#word = { ...saved, signature: b4a.from(saved.signature, 'hex') }
    this.changed()
  }
}
