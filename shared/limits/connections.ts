import b4a from 'b4a'
import type { Hypercore, Peer } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import type { Connection } from 'hyperswarm'
import Protomux from 'protomux'
import { containFaults } from '../upstream/protomux.ts'
import { Failure, messageOf } from '../errors.ts'
import { guardReplication } from './message-filter.ts'
import { fail } from '../app/environment.ts'
import { readerFailure, writerFailure } from '../storage/writer-log.ts'

/** Connections at the most, peers and strangers; Hyperswarm 4.17 caps only those that it dials. */
const MAX_CONNECTIONS = 128
/** Who has not shown by then that it holds the key is a stranger to this log. */
const LET_IN_MS = 10_000

/** Nobody may leave more than this unread of what we have sent. */
const MAX_UNREAD = 64 * 1024 * 1024
const LOOK_MS = 500

/** Keeps strangers and offenders from taking what the peers of a log need. */
export interface Admission {
  /** Ends the connection with a peer; for good where `ban` says that it cannot be honest. */
  drop(peer: Peer, ban: boolean): void
}

/**
 * Watches over every connection of `swarm` that replicates `core`: there are only so many, and the
 * first to go is one whose peer has not been let in; nobody stays who is not let in in time, or who
 * does not read; who sends what no honest peer sends is banned. `ondrop` is told why.
 */
export function admitPeers(
  swarm: Hyperswarm,
  core: Hypercore,
  ondrop: (reason: string) => void
): Admission {
  swarm.on('connection', (connection) => {
    containFaults(Protomux.from(connection), (err) => onfault(connection, err))
    const timer = setTimeout(() => {
      if (!isPeer(connection)) connection.destroy()
    }, LET_IN_MS)
    connection.on('close', () => clearTimeout(timer))
    if (swarm.connections.size <= MAX_CONNECTIONS) return
    const stranger = [...swarm.connections].find((other) => !isPeer(other))
    ;(stranger ?? connection).destroy()
  })
  guardReplication(core, (peer, reason, { honest }) => {
    ondrop(reason)
    drop(peer, !honest)
  })
  setInterval(() => {
    for (const connection of swarm.connections) {
      if (connection._writableState.buffered <= MAX_UNREAD) continue
      ondrop('does not read what it asked for')
      connection.destroy()
    }
  }, LOOK_MS).unref()
  return { drop }

  // who has not been let in is nobody to speak of
  function onfault(connection: Connection, err: unknown): void {
    const failure = core.writable ? writerFailure(err) : readerFailure(err)
    if (failure instanceof Failure) fail(failure)
    else if (isPeer(connection)) ondrop(`sent what nothing can be made of (${messageOf(err)})`)
  }

  function isPeer(connection: Connection): boolean {
    return core.peers.some(({ stream }) => stream === connection)
  }

  function drop(peer: Peer, ban: boolean): void {
    if (ban) swarm.peers.get(b4a.toString(peer.remotePublicKey, 'hex'))?.ban(true)
    peer.stream.destroy()
  }
}
