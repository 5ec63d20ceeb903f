import b4a from 'b4a'
import type { Hypercore } from 'hypercore'
import type { Mark } from './ages.ts'

/** Kept beside the blocks; it is not replicated. */
const NAME = 'retention'

/** What of a log is kept, as it is saved. */
export interface Kept {
  /** The first block that is kept. */
  readonly first: number
  /** Below this block there are no blocks any more, and of the tree only what proves the others. */
  readonly freed: number
  /** Below this block no block is on the disk. */
  readonly cleared: number
  /** Below this block there is nothing to get: no peer had it any more, or nothing proves it. */
  readonly gone: number
  readonly marks?: readonly Mark[]
}

/** What is saved of `core`: everything is kept where nothing is. */
export async function loadKept(core: Hypercore): Promise<Kept> {
  const bytes = await core.getUserData(NAME)
  // what an earlier version has saved lacks `gone`
  const saved = bytes && (JSON.parse(b4a.toString(bytes)) as Partial<Kept>)
  return { first: 0, freed: 0, cleared: 0, gone: 0, ...saved }
}

export async function saveKept(core: Hypercore, kept: Kept): Promise<void> {
  await core.setUserData(NAME, b4a.from(JSON.stringify(kept)))
}

/**
 * What is `kept` once blocks from `start` on may be stored again though they had gone, by a rewind or an earlier
 * start: they are to go again.
 */
export function lowered(kept: Kept, start: number): Kept {
  const cleared = Math.min(kept.cleared, start - (start % 2))
  const isLower = start < kept.first || start < kept.cleared
  return isLower ? { ...kept, first: Math.min(kept.first, start), cleared } : kept
}

/** The same once the log was truncated to `length` blocks. */
export function truncated(kept: Kept, length: number): Kept {
  const { freed, gone } = kept
  if (freed <= length && gone <= length) return lowered(kept, length)
  return lowered({ ...kept, freed: Math.min(freed, length), gone: Math.min(gone, length) }, length)
}
