import type { Hypercore } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import type { Skip } from './feed/messages.ts'
import { type ServedFeed, serveFeed } from './feed/feed.ts'
import { type ConnectionEvents, limitConnections } from './limits/connections.ts'
import { type Drop, type FollowEvents, FollowedLog } from './replication/followed-log.ts'
import { waitUntilHeld } from './replication/handover.ts'

export { recoverFromReaders } from './replication/recovery.ts'
export type { FollowedLog } from './replication/followed-log.ts'
export type { Skip } from './feed/messages.ts'

/** The writer's log, as it is served. */
export interface ServedLog extends ServedFeed {
  /**
   * Resolves to true once one peer has held every block from `start` to before `end`, to false after
   * `timeout` milliseconds.
   */
  waitUntilHeld(start: number, end: number, timeout?: number): Promise<boolean>
}

/** Serves the writer's log `core` to every peer that `swarm` connects to and that holds its key. */
export function serveLog(swarm: Hyperswarm, core: Hypercore, events: ConnectionEvents): ServedLog {
  replicate(swarm, core, events)
  const feed = serveFeed(core, (err) => events.onerror(err))
  return {
    ...feed,
    waitUntilHeld: (start, end, timeout) => waitUntilHeld(core, start, end, timeout)
  }
}

/**
 * Follows a log in its copy `core`, and serves it on: to and from every peer that `swarm` connects to
 * and that holds its key. `skip` says which blocks to leave out.
 */
export function followLog(
  swarm: Hyperswarm,
  core: Hypercore,
  skip: Skip,
  events: ConnectionEvents & FollowEvents
): FollowedLog {
  return new FollowedLog(core, skip, events, replicate(swarm, core, events))
}

// Hypercore's handshake on each connection proves that the peer holds the key, the right to read
function replicate(swarm: Hyperswarm, core: Hypercore, events: ConnectionEvents): Drop {
  swarm.on('connection', (connection) => core.replicate(connection))
  return limitConnections(swarm, core, events)
}
