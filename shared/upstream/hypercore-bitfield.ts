// Checked with hypercore 11.37.1.
import type { Hypercore } from 'hypercore'
import type { Members } from './members.ts'

interface Held {
  readonly core: {
    readonly bitfield: { lastUnset(from: number): number }
  }
}

/** What this module uses of a core that is ready. */
export const BITFIELD_MEMBERS: Members = {
  'core.core.bitfield.lastUnset': 'function'
}

/**
 * The last block up to and with `upTo` that is not on disk; -1 where all are. No public way but a
 * search by `core.has`.
 */
export function lastMissing(core: Hypercore, upTo: number): number {
  return (core as Hypercore & Held).core.bitfield.lastUnset(upTo)
}
