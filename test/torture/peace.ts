/** Apps that are undisturbed for as long have met all others that are. */
const SETTLED_MS = 5000
/** Once the DHT is back, everything is announced there again after as long. */
const ANNOUNCED_MS = 20_000

/** What the peace of the DHT is known by. */
export const DHT = 'the DHT'

/** Knows which parts of a round are disturbed by a fault, and since when the others are not. */
export class Peace {
  readonly #since = new Map<string, number>()
  readonly #count = new Map<string, number>()

  disturb(part: string): void {
    this.#since.set(part, Infinity)
    this.#count.set(part, this.disturbances(part) + 1)
  }

  settle(part: string): void {
    this.#since.set(part, Date.now())
  }

  /** How often `part` was disturbed. */
  disturbances(part: string): number {
    return this.#count.get(part) ?? 0
  }

  /** Whether none of `parts` was disturbed at any time from `time` on. */
  lasts(time: number, parts: string[]): boolean {
    return parts.every((part) => (this.#since.get(part) ?? 0) <= time)
  }

  /** Whether nothing has kept `parts` from having met by `time`, nor from being together since. */
  together(time: number, parts: string[]): boolean {
    return this.lasts(time - SETTLED_MS, parts) && this.lasts(time - ANNOUNCED_MS, [DHT])
  }
}
