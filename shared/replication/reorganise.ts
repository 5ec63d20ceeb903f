import type { Hypercore } from 'hypercore'
import type { Reorganisation } from '../upstream/hypercore-replicator.ts'
import { holdsNode } from '../upstream/hypercore-tree.ts'

/** What reads the log from its first blocks on. */
export interface Reading {
  /** The block that comes next. */
  readonly position: number
  /** Has nothing read from block `barrier` on, until it is told another. */
  holdAt(barrier: number): void
}

/**
 * Has `apply` make `core` the `later` log, of which `reading` is not to be taken back further than it has to.
 * Blocks that have come since the two logs were compared may be the same in both: where such a block was
 * read already nothing is applied, and Hypercore compares anew; none is read before what is applied is in
 * effect. Resolves to whether the log is the later one now.
 */
export async function reorganise(
  core: Hypercore,
  reading: Reading,
  { ancestors, diff }: Reorganisation,
  apply: () => Promise<boolean>
): Promise<boolean> {
  reading.holdAt(ancestors)
  try {
    const isRead = reading.position > ancestors
    if (isRead && diff !== null && (await holdsNode(core, diff))) return false
    return await apply()
  } finally {
    reading.holdAt(Infinity)
  }
}
