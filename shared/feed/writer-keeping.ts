import type { Hypercore } from 'hypercore'
import { Keeping, type OwnKeeping } from './keeping.ts'
import { type KeptWord, signWord } from './kept-word.ts'

/** What the writer keeps, which it signs; peers tell it what it said before. */
export class WriterKeeping extends Keeping {
  #word: KeptWord | null = null
  /** What it said in an earlier run, by what peers pass on. */
  #earlier: KeptWord | null = null

  constructor(core: Hypercore, own: OwnKeeping | null) {
    super(core, own)
    if (own !== null) own.onmoved = () => this.changed()
  }

  /** The word on the log as it is now; null where everything is kept. */
  get word(): KeptWord | null {
    const { first } = this
    const { fork, key, keyPair } = this.core
    const isSaid = this.#word?.fork === fork && this.#word.first === first
    if (first > 0 && !isSaid && keyPair?.secretKey) {
      this.#word = signWord(keyPair.secretKey, key, { fork, first })
    }
    return this.#word?.fork === fork ? this.#word : null
  }

  /**
   * The first block that an earlier run kept, as its signed word has it. A log that was put back from a
   * backup need not have the blocks before it.
   */
  get letGo(): number {
    return this.#earlier?.fork === this.core.fork ? this.#earlier.first : 0
  }

  keptOn(fork: number): number {
    return fork === this.core.fork ? Math.max(this.kept, this.letGo) : 0
  }

  protected accept(word: KeptWord): 'taken' | 'too early' {
    if (word.fork > this.core.fork) return 'too early'
    this.#earlier = word
    return 'taken'
  }
}
