import type { Hypercore } from 'hypercore'

/** The first block of `core` from `start` on that is not on disk; `end` where all before `end` are. */
export async function firstHole(core: Hypercore, start: number, end: number): Promise<number> {
  if (start >= end || (await core.has(start, end))) return end
  // every block before `low` is here, and one before `high` is not
  let low = start
  let high = end
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (await core.has(low, middle)) low = middle
    else high = middle
  }
  return low
}
