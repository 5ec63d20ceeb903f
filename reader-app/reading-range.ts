import type { Start } from '../shared/replication.ts'

/** What the flags say of the blocks to read. */
interface Wanted {
  /** Hold every block, from the first that the copy lacks. */
  seed: boolean
  start: number | undefined
  /** How many of the last blocks, where nothing says which comes first. */
  tail: number
  /** Go on with the blocks that are still to come. */
  follow: boolean
  /** At most so many blocks. */
  count: number
}

/**
 * Which block comes first. `held` is how many blocks the copy holds from the very first on, without a
 * gap; `resumed` where the last run left off, undefined where it left nothing.
 */
export function startOf(
  { seed, start, tail, follow }: Wanted,
  { held, resumed }: { held: number; resumed: number | undefined }
): Start {
  const from = seed ? held : (resumed ?? start)
  return from === undefined ? { tail, live: follow } : { from }
}

/** Blocks that nobody has any more, from `start` to before `end`. */
export interface Gap {
  start: number
  end: number
}

/**
 * The blocks to read: those from `first` on, and before `stopAt`. Of these `count` are printed that stand: what
 * has gone is left out, and a rewind takes back what was printed, or left out, from there on.
 */
export class ReadingRange {
  readonly first: number
  readonly #count: number
  #end: number
  #earliest: number
  #gaps: Gap[] = []

  /** The blocks from `start` on, where `length` blocks are there before any new one. */
  constructor(start: Start, { follow, count }: Pick<Wanted, 'follow' | 'count'>, length: number) {
    this.first = 'from' in start ? start.from : Math.max(0, length - start.tail)
    this.#earliest = this.first
    this.#count = count
    this.#end = follow ? Infinity : length
  }

  get stopAt(): number {
    const gone = this.#gaps.reduce((sum, { start, end }) => sum + end - start, 0)
    return Math.min(this.#end, this.#earliest + this.#count + gone)
  }

  /** There is no block at `end`, nor behind it. */
  endBefore(end: number): void {
    this.#end = Math.min(this.#end, end)
  }

  /** The blocks of `gap` are left out. */
  leaveOut(gap: Gap): void {
    this.#gaps.push(gap)
  }

  /** Goes on from block `next`, which may be before any that was printed. */
  rewindTo(next: number): void {
    this.#earliest = Math.min(this.#earliest, next)
    this.#gaps = this.#gaps
      .filter(({ start }) => start < next)
      .map(({ start, end }) => ({ start, end: Math.min(end, next) }))
  }
}
