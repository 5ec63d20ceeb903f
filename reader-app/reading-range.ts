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

/** The blocks to read: those from `first` on, and before `stopAt`. */
export interface ReadingRange {
  first: number
  stopAt: number
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

/** The blocks to read from `start` on, where `length` blocks are there before any new one. */
export function readingRange(
  start: Start,
  { follow, count }: Pick<Wanted, 'follow' | 'count'>,
  length: number
): ReadingRange {
  const first = 'from' in start ? start.from : Math.max(0, length - start.tail)
  return { first, stopAt: Math.min(follow ? Infinity : length, first + count) }
}
