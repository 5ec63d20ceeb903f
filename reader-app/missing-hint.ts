import type { FollowedLog } from '../shared/replication.ts'

/** A block that no peer here has is waited for so long without a word. */
const HINT_MS = 10_000

/**
 * Has a person told, by `tell`, of a block that is waited for though no peer here has it: once for each.
 * Returns what ends that.
 */
export function hintAtMissing(
  log: Pick<FollowedLog, 'beyondReach'>,
  tell: (text: string) => void
): () => void {
  let waitedFor: number | null = null
  let told: number | null = null
  const timer = setInterval(() => {
    const { missing = null, next = 0 } = log.beyondReach ?? {}
    if (missing !== null && missing === waitedFor && missing !== told) {
      told = missing
      tell(
        `block ${missing} is not here, and no peer has it: the first one that a peer has is ${next} (--start ${next}), still waiting`
      )
    }
    waitedFor = missing
  }, HINT_MS / 2)
  return () => clearInterval(timer)
}
