import type { Connection } from 'hyperswarm'
import { packetsReceived, timeoutsInARow } from '../upstream/hyperswarm.ts'
import { now } from './clock.ts'

/** A connection with this many retransmission timeouts in a row is taken for dead. */
const DEAD_AFTER_TIMEOUTS = 2
/** No more often is a peer asked for a sign of life. */
const ASK_MS = 2000

const asked = new WeakMap<Connection, { at: number; packets: number }>()

/** Whether nothing arrives any more at the other end of `connection`, which is open and may not know. */
export function seemsDead(connection: Connection): boolean {
  return timeoutsInARow(connection) >= DEAD_AFTER_TIMEOUTS
}

/** Sends what the peer has to acknowledge, unless that was done just before: it seems dead soon where it is. */
export function askForLife(connection: Connection): void {
  const last = asked.get(connection)
  if (last !== undefined && now() - last.at < ASK_MS) return
  asked.set(connection, { at: now(), packets: packetsReceived(connection) })
  connection.sendKeepAlive()
}

/** Whether the peer was asked for a sign of life, `since` milliseconds ago or more, and nothing has come from it. */
export function isSilent(connection: Connection, since = 0): boolean {
  const last = asked.get(connection)
  if (last === undefined || now() - last.at < since) return false
  return last.packets === packetsReceived(connection)
}
