import b4a from 'b4a'
import type { Hypercore, Peer } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import type { Connection } from 'hyperswarm'
import { guardReplication } from './guard.ts'

/** Connections at the most, peers and strangers; Hyperswarm 4.17 caps only those that it dials. */
const MAX_CONNECTIONS = 128
/** Who has not shown by then that it holds the key is a stranger to this log. */
const LET_IN_MS = 10_000

/** Keeps strangers and offenders from taking what the peers of a log need. */
export interface Admission {
  /** Ends the connection with a peer; for good where `ban` says that it cannot be honest. */
  drop(peer: Peer, ban: boolean): void
}

/**
 * Watches over every connection of `swarm` that replicates `core`: there are only so many, and the
 * first to go is one whose peer has not been let in; nobody stays who is not let in in time; and
 * who sends what no honest peer sends is banned, which `onban` is told.
 */
export function admitPeers(
  swarm: Hyperswarm,
  core: Hypercore,
  onban: (reason: string) => void
): Admission {
  swarm.on('connection', (connection) => {
    const timer = setTimeout(() => {
      if (!isPeer(connection)) connection.destroy()
    }, LET_IN_MS)
    connection.on('close', () => clearTimeout(timer))
    if (swarm.connections.size <= MAX_CONNECTIONS) return
    const stranger = [...swarm.connections].find((other) => !isPeer(other))
    ;(stranger ?? connection).destroy()
  })
  guardReplication(core, (peer, reason) => {
    onban(reason)
    drop(peer, true)
  })
  return { drop }

  function isPeer(connection: Connection): boolean {
    return core.peers.some(({ stream }) => stream === connection)
  }

  function drop(peer: Peer, ban: boolean): void {
    if (ban) swarm.peers.get(b4a.toString(peer.remotePublicKey, 'hex'))?.ban(true)
    peer.stream.destroy()
  }
}
