import type { Hypercore } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import type { Start } from './feed/start.ts'
import { type ConnectionEvents, limitConnections } from './limits/connections.ts'
import type { Drop } from './limits/message-filter.ts'
import type { FollowEvents } from './replication/follow-events.ts'
import { FollowedLog } from './replication/followed-log.ts'
import { Overlay, type OverlayFeed } from './replication/overlay.ts'
import { type ServeEvents, ServedLog } from './replication/served-log.ts'
import type { Retention } from './storage/retention.ts'
import type { WriterLog } from './storage/writer-log.ts'
import { tellFork } from './upstream/hypercore-fork.ts'

export type { FollowedLog } from './replication/followed-log.ts'
export type { ServedLog } from './replication/served-log.ts'
export type { Start } from './feed/start.ts'

/** Serves the writer's `log` to every peer that `swarm` connects to and that holds its key. */
export function serveLog(
  swarm: Hyperswarm,
  log: WriterLog,
  events: ConnectionEvents & ServeEvents
): ServedLog {
  const drop = replicate(swarm, log.core, events)
  const served = new ServedLog(swarm, log, events, drop)
  limitPeers(swarm, log.core, served.feed)
  return served
}

/**
 * Follows a log in its copy `core`, and serves it on: to and from every peer that `swarm` connects to
 * and that holds its key. `start` says which block comes first, `retention` what is kept of it.
 */
export function followLog(
  swarm: Hyperswarm,
  core: Hypercore,
  start: Start,
  events: ConnectionEvents & FollowEvents,
  retention: Retention | null = null
): FollowedLog {
  const log = new FollowedLog(core, start, events, replicate(swarm, core, events), retention)
  limitPeers(swarm, core, log.feed)
  return log
}

// Hypercore's handshake on each connection proves that the peer holds the key, the right to read
function replicate(swarm: Hyperswarm, core: Hypercore, events: ConnectionEvents): Drop {
  swarm.on('connection', (connection) => core.replicate(connection))
  core.on('truncate', () => tellFork(core))
  return limitConnections(swarm, core, events)
}

function limitPeers(swarm: Hyperswarm, core: Hypercore, feed: OverlayFeed): void {
  const overlay = new Overlay(swarm, core, feed)
  core.once('close', () => overlay.close())
}
