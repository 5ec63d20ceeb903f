import process from 'bare-process'

/** Counts what the readers of a crowd have, and says on stdout what all of them have. */
export class Tally {
  readonly #readers: number
  readonly #lengths = new Map<number, number>()
  #flushed = 0
  #told = 0

  constructor(readers: number) {
    this.#readers = readers
  }

  /** One reader has met everyone. */
  flushed(): void {
    this.#flushed++
    if (this.#flushed === this.#readers) process.stdout.write('flushed\n')
  }

  /** One reader has the first `length` blocks; each says so once for every length that it reaches. */
  has(length: number): void {
    const readers = (this.#lengths.get(length) ?? 0) + 1
    this.#lengths.set(length, readers)
    if (readers < this.#readers || length <= this.#told) return
    this.#told = length
    process.stdout.write(`length ${length}\n`)
  }
}
