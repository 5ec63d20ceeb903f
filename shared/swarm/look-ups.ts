// When a peer asks the DHT again. Pure.

/** So often it is looked whether to, in milliseconds. */
const LOOK_MS = 4000
/** The same for a peer that is alone, at the most. */
const MAX_ALONE_MS = 30_000

/** How a peer is that may ask. */
export interface Seeker {
  /** It is connected to no peer, and dials none. */
  readonly alone: boolean
  /** It is of a crowd, and knows no way to the writer. */
  readonly lost: boolean
}

/** Where the schedule has got to. */
interface LookUps {
  /** It is time to look again after so many milliseconds. */
  readonly delay: number
  /** For how many looks in a row the peer has been lost. */
  readonly lostFor: number
}

export const FIRST_LOOK: LookUps = { delay: LOOK_MS, lostFor: 0 }

/**
 * Looks at a peer, `last` being what the look before brought; `asks` says whether the DHT is to be asked now.
 * While a peer is alone it is, soon and then ever more seldom: the nodes of the DHT may have come back with
 * nothing of what was announced to them. While it is lost it is too, each time after twice as long: the writer may
 * have gone, and all look for it.
 */
export function lookAgain(last: LookUps, { alone, lost }: Seeker): LookUps & { asks: boolean } {
  const delay = alone ? Math.min(last.delay * 1.5, MAX_ALONE_MS) : LOOK_MS
  const lostFor = lost && !alone ? last.lostFor + 1 : 0
  return { delay, lostFor, asks: alone || (lostFor > 0 && Number.isInteger(Math.log2(lostFor))) }
}
