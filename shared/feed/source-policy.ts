// Which peer a reader follows. Pure: data and the time go in, a decision comes out.
import { type Claim, type LogState, isAhead } from './claim.ts'
import { NO_PATH } from './messages.ts'

/** A source that owes something and has not moved for this long has stalled. */
export const SILENCE_MS = 2000
/** A source that has sent all it claims, while others claim more, is compared with them after this long. */
export const OVERTAKEN_MS = 1000
/** A source that has others ahead of it, and sends little, is compared with them after this long. */
export const STARVATION_MS = 10_000
/** So often the source is reviewed. */
export const REVIEW_MS = 500
/** A peer that refused is asked again after this long; one that failed, after twice that each time. */
export const RETRY_MS = 10_000
/** No delay grows beyond this. */
export const MAX_DELAY_MS = 600_000

/** A peer that speaks the feed. Times are in milliseconds, on the clock of `now`. */
export interface CandidateState extends Claim {
  /** Connections between the peer and the writer; NO_PATH where there is none. */
  readonly hops: number
  readonly followsUs: boolean
  /** The peer is not followed before this time. */
  readonly retryAt: number
  /** What is sent to the peer is not acknowledged: it may have gone without a word. */
  readonly seemsDead: boolean
  /** The peer was asked for a sign of life, and has yet to give one. */
  readonly isSilent: boolean
}

/** How the subscription to the present source goes. */
export interface SubscriptionState<C extends CandidateState> {
  readonly source: C
  /** The source before this one, which is on probation until it brings what it claims. */
  readonly fallback: C | null
  /** Where the source has proven the log to end; Infinity before, so that it owes an answer. */
  readonly provenEnd: number
  /** The source waits for our acknowledgement, so its silence is ours. */
  readonly heldBack: boolean
  readonly movedAt: number
  /** Since when the source sends little while others are ahead; null while it does not. */
  readonly starvedSince: number | null
  /** The source has gone without a word, so that there is no path by it. */
  readonly hasDied: boolean
}

/** What a choice is made by. */
export interface Choice<C extends CandidateState> {
  readonly candidates: readonly C[]
  readonly log: LogState
  /** null while no peer is followed. */
  readonly progress: SubscriptionState<C> | null
  /** Only a peer with a path to the writer will do. */
  readonly requirePath: boolean
}

/** What a review of the present source needs besides. */
export interface Situation<C extends CandidateState> extends Choice<C> {
  /** Some other peer, with a feed or without, claims more than we have. */
  readonly othersAhead: boolean
  /** How many sources were left for being slow since the last time that none was ahead. */
  readonly starvations: number
}

export type Decision<C> =
  | { readonly do: 'stay' }
  /** With a `fallback` the new source is on probation. */
  | {
      readonly do: 'follow'
      readonly source: C
      readonly fallback: C | null
      readonly starved: boolean
    }
  /** There is no source to follow. */
  | { readonly do: 'leave' }
  /** The source has failed: back off, and replace it. */
  | { readonly do: 'abandon' }
  /** The source is silent, and has all that any peer claims: its silence counts from now on. */
  | { readonly do: 'idle' }
  /** The source is silent, and a peer that can't be followed claims more: let plain replication in. */
  | { readonly do: 'contest' }

const STAY = { do: 'stay' } as const

/** Decides when a peer came, left or told its hops, or when no peer is followed. */
export function choose<C extends CandidateState>(choice: Choice<C>, now: number): Decision<C> {
  const { progress } = choice
  if (progress !== null && progress.fallback !== null) return STAY
  // what is under way from a source would be asked for a second time, on the same link perhaps
  if (progress !== null && choice.log.length < progress.provenEnd) return STAY
  const source = best(choice, now)
  if (source === null || (progress !== null && progress.source.hops <= source.hops)) return STAY
  return { do: 'follow', source, fallback: null, starved: false }
}

/** Decides which peer comes after a source that is gone, refused or failed: its fallback, or the best. */
export function replace<C extends CandidateState>(choice: Choice<C>, now: number): Decision<C> {
  const { candidates, progress } = choice
  const fallback = progress?.fallback ?? null
  const isThere = fallback !== null && candidates.includes(fallback)
  const source = isThere ? fallback : best(choice, now)
  if (source === null) return { do: 'leave' }
  return { do: 'follow', source, fallback: null, starved: false }
}

/** Decides on the clock whether the source is worth following on. */
export function review<C extends CandidateState>(
  situation: Situation<C>,
  now: number
): Decision<C> {
  const { progress, log, othersAhead, starvations } = situation
  if (progress === null) return choose(situation, now)
  const { source, fallback, provenEnd, heldBack, movedAt, starvedSince, hasDied } = progress
  const isWhole = fallback === null && log.length >= provenEnd
  const hasLostPath = source.hops === NO_PATH && isWhole && now - movedAt >= OVERTAKEN_MS
  if (hasDied || hasLostPath) {
    const living =
      best(situation, now, (other) => isAlive(other) && isAhead(other, log)) ??
      best(situation, now, (other) => isAlive(other) && mayReplace(source, other, log))
    if (living !== null) return { do: 'follow', source: living, fallback: null, starved: false }
  }
  const silent = !heldBack && now - movedAt >= SILENCE_MS
  const starved = starvedSince !== null && now - starvedSince >= starvationLimit(starvations)
  const owes = fallback !== null || isAhead(source, log) || log.length < provenEnd
  const aheadFor = starvedSince === null ? 0 : now - Math.max(starvedSince, movedAt)
  const overtaken = !owes && !heldBack && aheadFor >= OVERTAKEN_MS * 2 ** starvations
  if (!silent && !starved && !overtaken) return STAY

  if (silent && owes) return { do: 'abandon' }
  // The source may be cut off from the writer, or others may lie: let one show what it has.
  const rival = best(situation, now, (other) => other !== source && isAhead(other, log))
  if (rival !== null) {
    return { do: 'follow', source: rival, fallback: source, starved: starved || overtaken }
  }
  if (!silent) return STAY
  return othersAhead ? { do: 'contest' } : { do: 'idle' }
}

/** Whether `candidate` may be followed now, and has something to give. */
export function isUsable(
  candidate: CandidateState,
  { log, requirePath }: Pick<Choice<CandidateState>, 'log' | 'requirePath'>,
  now: number
): boolean {
  const { hops, retryAt, followsUs, claimedFork, claimedLength } = candidate
  if (retryAt > now) return false
  if (claimedFork !== null && claimedFork !== log.fork) return false
  if (requirePath && hops === NO_PATH) return false
  // A peer without a path to the writer gives only blocks that it has by now, and one that follows
  // us gets its blocks from us.
  return claimedLength > log.length || (hops < NO_PATH && !followsUs)
}

/** Sorts the better source first: one that lives, the nearer to the writer, then the one that claims more. */
function compareSources(a: CandidateState, b: CandidateState): number {
  const living =
    Number(a.seemsDead) - Number(b.seemsDead) || Number(a.isSilent) - Number(b.isSilent)
  return living || a.hops - b.hops || b.claimedLength - a.claimedLength
}

function isAlive({ seemsDead, isSilent }: CandidateState): boolean {
  return !seemsDead && !isSilent
}

/**
 * Whether `other` has all that we have, and a path. That path may lead by `source`, which has died or lost its
 * own: the peer finds that out within seconds, and says so. Where the source is the writer it most likely does.
 */
function mayReplace(source: CandidateState, other: CandidateState, log: LogState): boolean {
  if (other.hops === NO_PATH || other.claimedLength < log.length) return false
  return source.hops > 0 || other.hops === 0
}

/** How long a peer is left alone that has failed `failures` times in a row before. */
export function retryDelay(failures: number): number {
  return Math.min(MAX_DELAY_MS, RETRY_MS * 2 ** failures)
}

/** How long a source may send little once `starvations` sources were left for that. */
export function starvationLimit(starvations: number): number {
  return Math.min(MAX_DELAY_MS, STARVATION_MS * 2 ** starvations)
}

function best<C extends CandidateState>(
  choice: Choice<C>,
  now: number,
  accept: (candidate: C) => boolean = () => true
): C | null {
  const able = choice.candidates.filter(
    (candidate) => isUsable(candidate, choice, now) && accept(candidate)
  )
  return able.sort(compareSources)[0] ?? null
}
