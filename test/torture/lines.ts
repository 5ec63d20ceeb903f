import { Random } from '../helpers/random.ts'

/** Blocks go to a megabyte and more; most of what people type or log is short. */
const SIZES = [
  { likelihood: 0.0003, bytes: 1_200_000 },
  { likelihood: 0.002, bytes: 100_000 },
  { likelihood: 0.02, bytes: 4000 }
]
const SHORT = 120

/**
 * Numbered lines that a seed determines. A line is its number over and over, so that a line which is
 * cut, joined or mixed with another is none of them.
 */
export class Lines {
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  /** Line `number`, without its line feed. */
  text(number: number): string {
    const random = new Random(this.#seed + Math.imul(number, 0x9e3779b1))
    const { bytes } = SIZES.find(({ likelihood }) => random.chance(likelihood)) ?? { bytes: SHORT }
    const word = `${number} `
    return word.repeat(1 + random.below(bytes / word.length)) + number
  }

  /** The number of the line `text`; null where it is not exactly one of these lines. */
  numberOf(text: string): number | null {
    const number = parseInt(text)
    return text === this.text(number) ? number : null
  }
}
