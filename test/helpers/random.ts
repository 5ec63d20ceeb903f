import os from 'bare-os'

/** Numbers that a seed determines, so that a failure can be run again. */
export class Random {
  readonly seed: number
  #state: number

  constructor(seed: number) {
    this.seed = seed >>> 0
    this.#state = this.seed
  }

  /** A whole number in [0, end). */
  below(end: number): number {
    return Math.floor(this.#next() * end)
  }

  /** A whole number in [start, end). */
  within(start: number, end: number): number {
    return start + this.below(end - start)
  }

  /** Whether something of this likelihood happens now. */
  chance(likelihood: number): boolean {
    return this.#next() < likelihood
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0]
  }

  // mulberry32
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let z = this.#state
    z = Math.imul(z ^ (z >>> 15), z | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The seed in the environment variable SEED, or a new one. */
export function chooseSeed(): number {
  const given = os.getEnv('SEED')
  return given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given)
}
