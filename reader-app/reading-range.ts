import type { Skip } from '../shared/replication.ts'

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

/** The blocks to read: those from `first` on, and before `stopAt`. */
export interface ReadingRange {
  first: number
  stopAt: number
}

/**
 * Which blocks to leave out. `held` is how many blocks the copy holds from the very first on, without
 * a gap; `resumed` where the last run left off, undefined where it left nothing.
 */
export function skipOf(
  { seed, start, tail }: Wanted,
  { held, resumed }: { held: number; resumed: number | undefined }
): Skip {
  const from = seed ? held : (resumed ?? start)
  return from === undefined ? { tail } : { from }
}

/** The blocks to read of a log that has `length` blocks now, where `skip` are to be left out. */
export function readingRange(
  skip: Skip,
  { follow, count }: Pick<Wanted, 'follow' | 'count'>,
  length: number
): ReadingRange {
  const first = 'from' in skip ? skip.from : Math.max(0, length - skip.tail)
  return { first, stopAt: Math.min(follow ? Infinity : length, first + count) }
}
