import type { Connection } from 'hyperswarm'
import { timeoutsInARow } from '../upstream/hyperswarm.ts'

/** A connection with this many retransmission timeouts in a row is taken for dead. */
const DEAD_AFTER_TIMEOUTS = 2

/** Whether nothing arrives any more at the other end of `connection`, which is open and may not know. */
export function seemsDead(connection: Connection): boolean {
  return timeoutsInARow(connection) >= DEAD_AFTER_TIMEOUTS
}
