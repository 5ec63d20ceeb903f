// When a peer asks the DHT again. Pure.

/** So often it is looked whether to, in milliseconds. */
const LOOK_MS = 1000
/** The same for a peer that has just come, and for one that is alone, at the least and at the most. */
const ALONE_MS = 4000
const MAX_ALONE_MS = 30_000
/** A peer that is lost asks again after so many looks, and after twice as many each time. */
const LOST_LOOKS = 4
/** Until it has not asked for so many, and is not lost. */
const CALM_LOOKS = 32

/** How a peer is that may ask. */
export interface Seeker {
  /** It is connected to no peer, and dials none. */
  readonly alone: boolean
  /** It is of a crowd, and parted from it. */
  readonly lost: boolean
}

/** Where the schedule has got to. */
interface LookUps {
  /** It is time to look again after so many milliseconds. */
  readonly delay: number
  /** How many looks ago the peer asked last. */
  readonly since: number
  /** After how many it asks again where it is lost. */
  readonly gap: number
}

export const FIRST_LOOK: LookUps = { delay: ALONE_MS, since: Infinity, gap: 0 }

/**
 * Looks at a peer, `last` being what the look before brought; `asks` says whether the DHT is to be asked now.
 * While a peer is alone it is, soon and then ever more seldom: the nodes of the DHT may have come back with
 * nothing of what was announced to them. Once it is lost it is at once, and then each time after twice as long, even
 * where it finds the others and is parted from them again: the writer may have gone, and all look for it.
 */
export function lookAgain(last: LookUps, { alone, lost }: Seeker): LookUps & { asks: boolean } {
  if (alone) {
    const delay = Math.min(Math.max(ALONE_MS, last.delay) * 1.5, MAX_ALONE_MS)
    return { delay, since: 0, gap: LOST_LOOKS, asks: true }
  }
  const since = last.since + 1
  if (lost && since >= last.gap) {
    return { delay: LOOK_MS, since: 0, gap: Math.max(LOST_LOOKS, 2 * last.gap), asks: true }
  }
  const isCalm = !lost && since >= CALM_LOOKS
  return { delay: LOOK_MS, since, gap: isCalm ? 0 : last.gap, asks: false }
}
