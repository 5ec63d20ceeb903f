// With how many peers a peer is connected, and with which. Pure: data and the time go in, a decision
// comes out.

/** How many connections a peer has by its place in the log. */
export interface Degree {
  /** It dials peers until it has as many. */
  readonly wanted: number
  /** It takes no more, however many dial it. */
  readonly most: number
  /** Milliseconds between one dial and the next of those that it could do without. */
  readonly pause: number
}

/**
 * With eight that it looks for, and as many that look for it, a reader has several ways to the writer,
 * and ten thousand readers are a few steps deep. Half of the places are free in a crowd that has settled.
 */
export const READER: Degree = { wanted: 8, most: 24, pause: 2000 }
/** A writer has a place for each reader of a small swarm, and makes the tree of a large one shallow. */
export const WRITER: Degree = { wanted: 96, most: 128, pause: 0 }

/** A peer that comes has told by then whether it has a path. */
const LOST_MS = 4000

/** Of its connections a peer has at least so many with peers that it chose itself, whoever dials it. */
export const OWN_CHOICE = 4
/** A peer that is turned away is told of so many others, and follows no more advice than that at a time. */
export const ADVICE = 4

/** Dials at once where a way to the writer is known: there is no haste. */
const CALM_DIALS = 2
/** Dials at once at first where none is known, and how many more there may be after each step. */
const FIRST_DIALS = 4
const MORE_DIALS = 1
const MAX_DIALS = 64

/** A peer that turned us away is left alone for so long, and twice as long each time. */
const AWAY_MS = 10_000
const MAX_AWAY_MS = 600_000

/** With so many peers in earshot each sends a beacon at the full rate; with more they share that rate. */
const EARSHOT = 16

/** An idle connection shows that it is alive so often; one of many more seldom. */
const KEEP_ALIVE_MS = 5000
const MAX_KEEP_ALIVE_MS = 20_000
const FEW = 3

/** One peer that we are connected to, or that would be. */
export interface Neighbour {
  /** It knows a way to the writer, or is the writer. */
  readonly hasPath: boolean
  /** We have dialled it. */
  readonly own: boolean
  /** Blocks go from it to us, or from us to it. */
  readonly inUse: boolean
}

/** What becomes of a peer that has come. */
export type Admission<N> =
  | { readonly do: 'admit' }
  /** There is no place. */
  | { readonly do: 'turn away' }
  /** It gets the place of another. */
  | { readonly do: 'replace'; readonly neighbour: N }

/** Decides on `newcomer`, whose connection is open, beside `others`: one without a path takes precedence. */
export function admit<N extends Neighbour>(
  newcomer: N,
  others: readonly N[],
  { most }: Degree
): Admission<N> {
  if (others.length < most) return { do: 'admit' }
  if (newcomer.hasPath) return { do: 'turn away' }
  const idle = others.find(({ own, inUse, hasPath }) => !own && !inUse && hasPath)
  return idle === undefined ? { do: 'turn away' } : { do: 'replace', neighbour: idle }
}

/** With whom a peer is connected, those counted to whom a connection is under way. */
export interface Connected {
  readonly connections: number
  /** Those that it has dialled. */
  readonly own: number
  /** No path to the writer has been known for so many milliseconds. */
  readonly lostFor: number
  /** A path has been known for so many milliseconds. */
  readonly settledFor: number
  /** Others have just turned it away: all are full, it seems. */
  readonly paused: boolean
}

/** How many connections there are to be before no more are dialled. */
export function dialUpTo(
  { connections, own, lostFor, settledFor, paused }: Connected,
  { wanted, most, pause }: Degree
): number {
  if (paused && lostFor === 0) return connections
  // those that we know have no path, however many they are: others are met, one after the other
  if (isLost(lostFor)) {
    return Math.max(wanted, Math.min(most + OWN_CHOICE, connections + 1))
  }
  // who dials us does not decide alone whom we know
  const soFar = Math.min(wanted, OWN_CHOICE + Math.floor(settledFor / pause))
  return Math.max(soFar, connections + OWN_CHOICE - own)
}

/** Whether a peer that has known no path to the writer for so long has to look for others. */
export function isLost(lostFor: number): boolean {
  return lostFor >= LOST_MS
}

/** Which of `advised` to dial, given how many `followed` pieces of advice have led to a connection. */
export function takeAdvice<P>(advised: readonly P[], followed: number): readonly P[] {
  return advised.slice(0, Math.max(0, ADVICE - followed))
}

/**
 * For how long a peer is left alone that has turned us away `times` in a row before, and all of them by
 * who has a path and was turned away so many times; `chance` is in [0, 1).
 */
export function awayFor(times: number, chance: number): number {
  return Math.min(MAX_AWAY_MS, AWAY_MS * 2 ** times) * (0.75 + chance / 2)
}

/** How often a connection, one of `connections`, shows that it is alive: the one that is `followed` at the full rate. */
export function keepAlive(connections: number, followed: boolean): number {
  if (followed) return KEEP_ALIVE_MS
  return Math.min(MAX_KEEP_ALIVE_MS, KEEP_ALIVE_MS * Math.max(1, connections / FEW))
}

/** By what the time between two beacons grows where `crowd` others are heard. */
export function beaconSlowdown(crowd: number): number {
  return Math.max(1, crowd / EARSHOT)
}

/** How likely a new peer is answered by each of `crowd` that hear it: by some of them in any case. */
export function answerChance(crowd: number): number {
  return Math.min(1, EARSHOT / 2 / Math.max(1, crowd))
}

/**
 * How many peers are dialled at once, once `steps` have passed in which no way to the writer was known;
 * null where one is. Many at once find the one that answers among those that are gone; on a machine
 * that is busy with so many handshakes none is done in time, and all would be begun again.
 */
export function dialsAtOnce(steps: number | null): number {
  return steps === null ? CALM_DIALS : Math.min(MAX_DIALS, FIRST_DIALS + MORE_DIALS * steps)
}
