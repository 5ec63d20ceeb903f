import type { Connection } from 'hyperswarm'
import { packetsReceived, timeoutsInARow } from '../upstream/hyperswarm-connection.ts'
import { now } from './clock.ts'

/** A connection with this many retransmission timeouts in a row is taken for dead. */
const DEAD_AFTER_TIMEOUTS = 2
/** A peer that has given no sign of life so long after it was asked for one does not count as connected. */
export const ANSWER_MS = 1500
/** No more often is a peer asked for a sign of life. */
export const ASK_MS = 2000

/** When a peer was last asked, and since when nothing has come from it but what had come by then. */
interface Question {
  readonly askedAt: number
  readonly since: number
  readonly packets: number
}

const questions = new WeakMap<Connection, Question>()

/** Whether nothing arrives any more at the other end of `connection`, which is open and may not know. */
export function seemsDead(connection: Connection): boolean {
  return timeoutsInARow(connection) >= DEAD_AFTER_TIMEOUTS
}

/** Whether what was sent on `connection` was not acknowledged in time, which a loss can bring about too. */
export function mayBeDead(connection: Connection): boolean {
  return timeoutsInARow(connection) > 0
}

/** Sends what the peer has to acknowledge, unless that was done just before: it seems dead soon where it is. */
export function askForLife(connection: Connection, askedAt = now()): void {
  const last = questions.get(connection)
  if (last !== undefined && askedAt - last.askedAt < ASK_MS) return
  const packets = packetsReceived(connection)
  const since = last?.packets === packets ? last.since : askedAt
  questions.set(connection, { askedAt, since, packets })
  connection.sendKeepAlive()
}

/** Whether the peer was asked for a sign of life, `ms` milliseconds ago or more, and nothing has come from it. */
export function isSilent(connection: Connection, ms = 0, at = now()): boolean {
  const last = questions.get(connection)
  if (last === undefined || at - last.since < ms) return false
  return last.packets === packetsReceived(connection)
}

/** Whether `connection` counts: it does not seem dead, and the peer has not been silent for long. */
export function isLive(connection: Connection): boolean {
  return !seemsDead(connection) && !isSilent(connection, ANSWER_MS)
}
