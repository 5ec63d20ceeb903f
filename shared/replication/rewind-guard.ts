import type { Hypercore } from 'hypercore'
import { type Reorganisation, guardReorganisation } from '../upstream/hypercore-replicator.ts'
import { isHypercoreError } from '../upstream/hypercore-errors.ts'
import { holdsNode } from '../upstream/hypercore-nodes.ts'

/** What reads the log from its first blocks on. */
export interface Reading {
  /** The block that comes next. */
  readonly position: number
  /** Has nothing read from block `barrier` on, until it is told another. */
  holdAt(barrier: number): void
}

/**
 * Sees to it that a rewind of `core` takes `reading` back no further than it has to.
 *
 * Blocks that have come since the logs before and after it were compared may be the same in both. Where such a
 * block was read already the rewind is not applied, and Hypercore compares the logs anew. Otherwise reading stops
 * at the last common block, and goes on once the rewind is in effect. Where that fails by a fault of this machine
 * reading stays stopped, since the fault may have kept the rewind from being noted; `onerror` is told.
 */
export function guardReading(
  core: Hypercore,
  reading: Reading,
  onerror: (err: unknown) => void
): void {
  let last: Promise<unknown> = Promise.resolve()
  guardReorganisation(core, (later, apply) => {
    const applied = last.then(() => reorganise(core, reading, later, apply, onerror))
    last = applied.catch(() => {})
    return applied
  })
}

async function reorganise(
  core: Hypercore,
  reading: Reading,
  { ancestors, diff }: Reorganisation,
  apply: () => Promise<boolean>,
  onerror: (err: unknown) => void
): Promise<boolean> {
  reading.holdAt(ancestors)
  try {
    const isRead = reading.position > ancestors
    const isLate = isRead && diff !== null && (await holdsNode(core, diff))
    const isApplied = !isLate && (await apply())
    reading.holdAt(Infinity)
    return isApplied
  } catch (err) {
    // where the log has moved meanwhile they are compared anew
    if (isHypercoreError(err)) reading.holdAt(Infinity)
    else if (core.readable) onerror(err)
    throw err
  }
}
