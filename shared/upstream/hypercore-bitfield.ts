// Checked with hypercore 11.37.1.
import type { Hypercore } from 'hypercore'
import type { Members } from './members.ts'

interface Held {
  readonly core: {
    readonly bitfield: {
      firstUnset(from: number): number
      lastUnset(from: number): number
    }
  }
}

/** What this module uses of a core that is ready. */
export const BITFIELD_MEMBERS: Members = {
  'core.core.bitfield.firstUnset': 'function',
  'core.core.bitfield.lastUnset': 'function'
}

/**
 * The first block from `from` on that is not on disk; -1 where none is missing up to the end of what
 * `core` keeps count of. Found at once, where the public way, `core.has`, takes a search.
 */
export function firstMissing(core: Hypercore, from: number): number {
  return (core as Hypercore & Held).core.bitfield.firstUnset(from)
}

/** The last block up to and with `upTo` that is not on disk; -1 where all are. As for `firstMissing`. */
export function lastMissing(core: Hypercore, upTo: number): number {
  return (core as Hypercore & Held).core.bitfield.lastUnset(upTo)
}
