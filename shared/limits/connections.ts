import b4a from 'b4a'
import type { Hypercore, Peer } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import type { Connection } from 'hyperswarm'
import Protomux from 'protomux'
import { Failure, diskFault, messageOf } from '../errors.ts'
import { isMishap } from '../upstream/hypercore-errors.ts'
import { connectionOf } from '../upstream/hypercore-peer.ts'
import { unreadBytes } from '../upstream/hyperswarm-connection.ts'
import { containFaults } from '../upstream/protomux.ts'
import { type Drop, filterMessages } from './message-filter.ts'

/** Connections at the most, peers and strangers; Hyperswarm 4.17 caps only those that it dials. */
const MAX_CONNECTIONS = 128
/** A remote that has not shown by then that it holds the key is a stranger to this log. */
const HANDSHAKE_TIMEOUT_MS = 10_000

/** A peer may leave at most this much of what we have sent unread. */
const MAX_UNREAD = 64 * 1024 * 1024
const UNREAD_CHECK_MS = 500

export interface ConnectionEvents {
  /** A peer was dropped, and why: it goes on `dropped a peer that …`. */
  ondrop(reason: string): void
  /** Our own log can't be read or written. */
  onerror(err: unknown): void
}

/**
 * Watches over every connection of `swarm` that replicates `core`, so that strangers and offenders
 * do not take what its peers need: there are only so many connections, and the first to go is a
 * stranger's; a remote leaves that does not prove in time that it holds the key, or that does not
 * read; a peer that sends what no honest peer sends is banned. Returns what drops a peer, for good
 * where `ban` says that it cannot be honest.
 */
export function limitConnections(
  swarm: Hyperswarm,
  core: Hypercore,
  { ondrop, onerror }: ConnectionEvents
): Drop {
  swarm.on('connection', (connection) => {
    containFaults(Protomux.from(connection), (err) => onfault(connection, err))
    const timer = setTimeout(() => {
      if (!isPeer(connection)) connection.destroy()
    }, HANDSHAKE_TIMEOUT_MS)
    connection.on('close', () => clearTimeout(timer))
    if (swarm.connections.size <= MAX_CONNECTIONS) return
    const stranger = [...swarm.connections].find((other) => !isPeer(other))
    ;(stranger ?? connection).destroy()
  })
  filterMessages(core, { onoffence: drop, onmishap: (peer) => connectionOf(peer).destroy() })
  const unreadCheck = setInterval(() => {
    for (const connection of swarm.connections) {
      if (unreadBytes(connection) <= MAX_UNREAD) continue
      ondrop('does not read what it asked for')
      connection.destroy()
    }
  }, UNREAD_CHECK_MS)
  core.once('close', () => clearInterval(unreadCheck))
  return drop

  // strangers are not reported, nor what may be nobody's fault
  function onfault(connection: Connection, err: unknown): void {
    if (err instanceof Failure || diskFault(err)) return onerror(err)
    if (!isPeer(connection) || isMishap(err)) return
    ondrop(`sent a message that cannot be decoded (${messageOf(err)})`)
  }

  function isPeer(connection: Connection): boolean {
    return core.peers.some((peer) => connectionOf(peer) === connection)
  }

  function drop(peer: Peer, reason: string, { ban }: { ban: boolean }): void {
    ondrop(reason)
    const connection = connectionOf(peer)
    const id = b4a.toString(connection.remotePublicKey, 'hex')
    if (ban) swarm.peers.get(id)?.ban(true)
    connection.destroy()
  }
}
