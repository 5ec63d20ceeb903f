// With how many peers a peer is connected, and with which. Pure: data and the time go in, a decision
// comes out.
import { NO_PATH } from '../feed/messages.ts'

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
export const WRITER: Degree = { wanted: 96, most: 128, pause: 1 }

/** A tree of readers of that degree has room for ten thousand within so many steps. */
const FAR = 4
/** A peer that comes has told by then how far it is. */
const LOST_MS = 4000

/** Of its connections a peer has at least so many with peers that it chose itself, whoever dials it. */
export const OWN_CHOICE = 4
/** A peer that is turned away is told of so many others, and follows no more advice than that at a time. */
export const ADVICE = 4

/** Dials at once where a way to the writer is known: there is no haste. */
const CALM_DIALS = 2
/** Dials at once at first where none is known, and how many more there may be after each second. */
const FIRST_DIALS = 3
const MORE_DIALS = 4
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
  /** Connections between it and the writer; NO_PATH where it knows no way there. */
  readonly hops: number
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

/**
 * Decides on `newcomer`, whose connection is open, beside `others`, where we are `hops` away from the
 * writer: one without a path takes precedence, and one that brings us nearer.
 */
export function admit<N extends Neighbour>(
  newcomer: N,
  others: readonly N[],
  { most }: Degree,
  hops: number
): Admission<N> {
  // how many we dial is decided elsewhere
  if (newcomer.own || others.length < most) return { do: 'admit' }
  if (newcomer.hops < NO_PATH && newcomer.hops + 1 >= hops) return { do: 'turn away' }
  const idle = others.find(({ own, inUse, hops }) => !own && !inUse && hops < NO_PATH)
  return idle === undefined ? { do: 'turn away' } : { do: 'replace', neighbour: idle }
}

/** With whom a peer is connected, those counted to whom a connection is under way. */
export interface Connected {
  readonly connections: number
  /** Those that it has dialled. */
  readonly own: number
  /** It has been lost, or far from the writer, for so many milliseconds. */
  readonly lostFor: number
  /** It has known a near way to the writer for so many milliseconds. */
  readonly settledFor: number
}

/**
 * How many peers there are to be that we have dialled, those counted that are being dialled: some in any
 * case, as peers that dial us are not to decide alone whom we know.
 */
export function dialUpTo(
  { connections, own, lostFor, settledFor }: Connected,
  { wanted, most, pause }: Degree
): number {
  const total = isLost(lostFor)
    ? // those that we know lead nowhere, however many they are: others are met, one after the other
      Math.max(wanted, Math.min(most + OWN_CHOICE, connections + 1))
    : Math.min(wanted, OWN_CHOICE + Math.floor(settledFor / pause))
  return Math.max(OWN_CHOICE, total - (connections - own))
}

/** Whether a peer that is `hops` away from the writer looks for others: for any way there, or for a shorter one. */
export function seeks(hops: number): boolean {
  return hops > FAR
}

/** Whether a peer that has sought others for so long is to be quick about it. */
export function isLost(lostFor: number): boolean {
  return lostFor >= LOST_MS
}

/** Whether the DHT is asked again for peers, ever more seldom while it is of no help. */
export function looksAgain({ connections, lostFor }: Connected, { wanted }: Degree): boolean {
  return connections < wanted || isLost(lostFor)
}

/** Which of `advised` to dial, given how many `followed` pieces of advice have led to a connection. */
export function takeAdvice<P>(advised: readonly P[], followed: number): readonly P[] {
  return advised.slice(0, Math.max(0, ADVICE - followed))
}

/**
 * For how long a peer is left alone that has turned us away `times` in a row before;
 * `chance` is in [0, 1).
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

/** Whether a peer has to be quick about finding others. */
export interface Need {
  /** No peer that it knows leads to the writer. */
  readonly isUrgent: boolean
  /** For so many seconds, more or less. */
  readonly seconds: number
  /** More processes are ready to run on this machine than it has processors. */
  readonly isBusy: boolean
}

/**
 * How many peers are dialled at once. Many find the one that answers among those that are gone; a
 * machine that is busy with too many handshakes does none of them in time, and all are begun again.
 */
export function dialsAtOnce({ isUrgent, seconds, isBusy }: Need): number {
  if (!isUrgent) return CALM_DIALS
  return isBusy ? FIRST_DIALS : Math.min(MAX_DIALS, FIRST_DIALS + MORE_DIALS * seconds)
}
