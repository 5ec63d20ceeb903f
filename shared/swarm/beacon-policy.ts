// How often beacons are sent, and answered. Pure: data goes in, a decision comes out.
import { isCrowd } from './overlay-policy.ts'

/** In a crowd about so many peers send a beacon in the time in which each would; and so many answer one. */
const BEACONS = 16
const ANSWERS = 32
/** An answer comes after so long, so that either side can reach the other; in a crowd within so long, by chance. */
const ANSWER_MS = 200
const CROWD_ANSWER_MS = 1000

/** How likely a beacon is sent when its time has come, and how likely that of a new peer is answered, and when. */
export interface Beacons {
  readonly send: number
  readonly answer: number
  readonly answerMs: number
}

/** Of `heard` peers in earshot; one that `wantsMore` is heard as often in any crowd. `chance` is in [0, 1). */
export function beacons(heard: number, wantsMore: boolean, chance: number): Beacons {
  if (!isCrowd(heard)) return { send: 1, answer: 1, answerMs: ANSWER_MS }
  return {
    send: wantsMore ? 1 : BEACONS / heard,
    answer: ANSWERS / heard,
    answerMs: CROWD_ANSWER_MS * chance
  }
}

/**
 * Whether an answer need not be sent, for which so many beacons of the `heard` peers came while it waited: the new
 * peer hears others without it. Where a crowd comes all at once each would answer each.
 */
export function isAnswered(heard: number, meanwhile: number): boolean {
  return isCrowd(heard) && meanwhile >= BEACONS
}
