// With how many peers a reader is connected, and with which. Pure: data goes in, a decision comes out.
import { jittered } from '../limits/clock.ts'

/** A reader that knows of fewer peers is connected with all of them; of a crowd it needs a few. */
const CROWD = 32
/** As many connections as Hyperswarm would have. */
const ALL = 64

/** Of a crowd a reader needs so many: several ways to the writer, and thousands are a few steps away. */
const ENOUGH = 12
/** One with more connections than this lets go of some that it has dialled, down to ENOUGH of these. */
export const MANY = 2 * ENOUGH
/** It looks for so many more each time that it has known no way to the writer for so long. */
const MORE_LOST = 16
const LOST_MS = 15_000
/** Of its connections it has dialled so many itself, whoever dials it: others do not decide alone whom it knows. */
const OWN_CHOICE = 4

/** Dials at once in a crowd, without a path to the writer; and with one, until there are OWN_CHOICE. */
const LOST_DIALS = 8
const CALM_DIALS = 2
/** With a path no more dials than this are under way, however many of them hang. */
const MAX_CALM_DIALS = 4
/** Without one no more than so many that hang are dialled past: where all are slow it is the network or the machine. */
const MAX_HANGING = 16
/** Dials at once without a path where the process is late, in a small swarm too; twice as many where they hang. */
const STRAINED_DIALS = 4
/** It looks for so many connections then: each takes processor time that all the others wait for. */
const STRAINED = 8
/** A dial that has taken so long hangs: the peer may be dead. */
export const PATIENCE_MS = 3000

/** Peers that a reader takes, and a writer; each that comes after these is told that there is no place. */
export const READER_PLACES = 64
export const WRITER_PLACES = 112

/** A peer that does not know a way to the writer, and takes nothing from us, keeps its place so long. */
const UNPROVEN_MS = 30_000

/** A peer that is turned away is told of so many others. */
export const ADVICE = 4
/** So many pieces of advice are followed within ADVICE_MS. */
const MAX_ADVICE = 16
export const ADVICE_MS = 60_000

/** A peer that turned us away is left alone for so long, and twice as long each time. */
const AWAY_MS = 10_000
export const MAX_AWAY_MS = 600_000

/** No more often does a peer get the place of another, so that nobody can have all of them go. */
export const REPLACE_MS = 1000

/** Whether so many `known` peers are a crowd. */
export function isCrowd(known: number): boolean {
  return known >= CROWD
}

/**
 * Whether a peer that knows of so many is parted from a crowd: a reader without a path to the writer; or a writer,
 * whose `hasPath` is null, that so few are connected to that most may have been killed, while others look for it.
 */
export function isParted(known: number, connected: number, hasPath: boolean | null): boolean {
  return isCrowd(known) && (hasPath === null ? connected < ENOUGH : !hasPath)
}

/** What a reader knows of the others. */
export interface Acquaintance {
  /** Peers that are known, connected or not. */
  readonly known: number
  readonly connected: number
  /** Those of them that have dialled us. */
  readonly accepted: number
  /** Whether a peer that is connected knows a way to the writer. */
  readonly hasPath: boolean
  /** For how many milliseconds there has been no path; 0 where there is one. */
  readonly lostFor: number
  /** Dials that have failed since there was a path. */
  readonly failed: number
  /** Dials under way that have taken PATIENCE_MS or more. */
  readonly hanging: number
  /** Whether this process has more to do than it can. */
  readonly isStrained: boolean
}

/** How many connections to dial for, dials that do not hang counted, and how many to dial at once. */
export interface Dials {
  readonly upTo: number
  readonly atOnce: number
}

/** What a writer dials for. */
export const UNBOUNDED: Dials = { upTo: ALL, atOnce: ALL }

/**
 * Dials are bounded where a crowd is known: a handshake takes milliseconds of processor time at both ends,
 * and too many at once come to nothing before they time out, and begin again. A peer that was killed stays
 * announced for half an hour, and a dial to it takes ten seconds or more: so each dial that has failed, or hangs,
 * lets one more be under way. But where the process is late by itself more dials only end later, all of them.
 */
export function dialling(acquaintance: Acquaintance): Dials {
  const { known, connected, accepted, hasPath, lostFor, isStrained } = acquaintance
  // as long as none has answered those that are known may all be dead
  const isSmall = !isCrowd(known) || (connected === 0 && known < ALL)
  const atOnce = Math.min(ALL, dialsAtOnce(acquaintance, isSmall))
  if (isSmall) return { upTo: ALL, atOnce }
  const own = accepted + OWN_CHOICE
  if (hasPath) return { upTo: Math.max(isStrained ? STRAINED : ENOUGH, own), atOnce }
  // those that are connected may all be of no use
  const some = (isStrained ? STRAINED : MORE_LOST) * (1 + Math.floor(lostFor / LOST_MS))
  return { upTo: Math.min(ALL, Math.max(some, own)), atOnce }
}

function dialsAtOnce(acquaintance: Acquaintance, isSmall: boolean): number {
  const { connected, accepted, hasPath, failed, hanging, isStrained } = acquaintance
  if (isSmall && !isStrained) return ALL
  if (hasPath) {
    const isSlow = isStrained || connected - accepted >= OWN_CHOICE
    return isSlow
      ? Math.min(CALM_DIALS, 1 + hanging)
      : Math.min(MAX_CALM_DIALS, CALM_DIALS + hanging)
  }
  if (!isStrained) return LOST_DIALS + failed + Math.min(MAX_HANGING, hanging)
  return STRAINED_DIALS + Math.min(STRAINED_DIALS, hanging) + (isSmall ? failed : 0)
}

/** A peer that we are connected to, or that has come. */
export interface Neighbour {
  /** Whether it knows a way to the writer. */
  readonly hasPath: boolean
  /** We have dialled it. */
  readonly own: boolean
  /** Blocks go from it to us, or from us to it, or may soon. */
  readonly inUse: boolean
  /** For how many milliseconds it has been connected. */
  readonly age: number
}

/** What becomes of a peer that has come. */
type Admission<N> =
  | { readonly do: 'admit' }
  /** There is no place. */
  | { readonly do: 'turn away' }
  /** It gets the place of another. */
  | { readonly do: 'replace'; readonly neighbour: N }

/** What a peer has room for that decides on another. */
export interface Capacity {
  /** Peers that it takes. */
  readonly places: number
  /** Whether it knows a way to the writer. */
  readonly hasPath: boolean
  /** Whether a peer may get the place of another: some time has passed since the last one did. */
  readonly mayReplace: boolean
}

/**
 * Decides on `newcomer`, whose connection is open, beside `others`. One without a path takes precedence, and
 * any where we have none ourselves. That it is near to the writer is its own word, and gets it no place.
 */
export function admit<N extends Neighbour>(
  newcomer: N,
  others: readonly N[],
  { places, hasPath, mayReplace }: Capacity
): Admission<N> {
  if (newcomer.own || others.length < places) return { do: 'admit' }
  const isNeeded = !newcomer.hasPath || !hasPath
  if (!mayReplace || !isNeeded) return { do: 'turn away' }
  const idle = others.filter(({ own, inUse }) => !own && !inUse)
  const neighbour = idle.find((one) => one.hasPath) ?? idle.find(({ age }) => age >= UNPROVEN_MS)
  return neighbour === undefined ? { do: 'turn away' } : { do: 'replace', neighbour }
}

/**
 * Which of its neighbours a reader lets go of, or null: before it knew that they are a crowd it dialled all of them.
 * Those that have dialled it may need it. `chance` is in [0, 1).
 */
export function surplus<N extends Neighbour>(
  neighbours: readonly N[],
  { known, hasPath }: Pick<Acquaintance, 'known' | 'hasPath'>,
  chance: number
): N | null {
  const own = neighbours.filter((one) => one.own)
  const hasEnough = neighbours.length > MANY && own.length > ENOUGH
  if (!hasEnough || !hasPath || !isCrowd(known)) return null
  const idle = own.filter(({ inUse }) => !inUse)
  return idle[Math.floor(chance * idle.length)] ?? null
}

/** Which of `advised` to dial where `followed` pieces of advice were followed within the last ADVICE_MS. */
export function takeAdvice<P>(advised: readonly P[], followed: number): readonly P[] {
  return advised.slice(0, Math.max(0, MAX_ADVICE - followed))
}

/** For how long a peer is left alone that has turned us away `times` before; `chance` is in [0, 1). */
export function awayFor(times: number, chance: number): number {
  return jittered(Math.min(MAX_AWAY_MS, AWAY_MS * 2 ** times), chance)
}
