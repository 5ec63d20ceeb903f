import type { Hypercore, Peer } from 'hypercore'
import HyperDHT from 'hyperdht'
import Hyperswarm, { type Discovery } from 'hyperswarm'
import { admitPeers } from './admission.ts'
import { Failure, TIMED_OUT } from './failure.ts'
import { Lan } from './lan.ts'
import type { Status } from './status.ts'

/** While nobody is connected, the DHT is asked again this often: its nodes may have come back. */
const REFRESH_MS = 4000
/** A swarm that cannot say goodbye, since its DHT is gone, is left after this long. */
const LEAVE_MS = 1000

/** A person who sees no peer is told so after this long. */
const ALONE_MS = 3000

/** A swarm that has joined the topic of one log. */
export interface Membership {
  /** Resolves once everyone whom the DHT knows was connected to, or could not be. */
  flushed: Promise<boolean>
  /** Ends the connection with a peer; for good where `ban` says that it cannot be honest. */
  drop(peer: Peer, ban: boolean): void
  leave(): Promise<void>
}

/** A swarm on the public DHT, or on the one whose nodes `bootstrap` names. */
export function createSwarm(bootstrap?: { host: string; port: number }[]): Hyperswarm {
  const dht = new HyperDHT(bootstrap ? { bootstrap } : {})
  return new Hyperswarm({ dht })
}

/**
 * Announces and looks up `core` by its discovery key, which only finds peers, and replicates it on
 * every connection: the key itself is the right to read, and the handshake of Hypercore proves it.
 */
export function joinSwarm(
  swarm: Hyperswarm,
  core: Hypercore,
  status: Status,
  { lan }: { lan: boolean }
): Membership {
  swarm.on('connection', (connection) => core.replicate(connection))
  const { drop } = admitPeers(swarm, core, (reason) => {
    status.info(`dropped a peer that ${reason}`)
  })
  reportPeers(core, status)
  const discovery = swarm.join(core.discoveryKey, { server: true, client: true })
  const beacon = lan
    ? new Lan(swarm, core.discoveryKey, (reason) => {
        status.info(`the local network is not searched: ${reason}`)
      })
    : null
  const stopRefreshing = refreshWhileAlone(swarm, discovery)
  const waiting = setTimeout(() => {
    if (core.peers.length === 0) status.info('no peer found yet, waiting for one')
  }, ALONE_MS)
  return {
    flushed: swarm.flush(),
    drop,
    async leave() {
      stopRefreshing()
      beacon?.close()
      clearTimeout(waiting)
      await Promise.race([swarm.destroy(), after(LEAVE_MS)])
    }
  }
}

function reportPeers(core: Hypercore, status: Status): void {
  core.on('peer-add', () => status.info(`connected to a peer (${core.peers.length} now)`))
  core.on('peer-remove', () => {
    if (!core.closing) status.info(`lost a peer (${core.peers.length} left)`)
  })
}

/** Throws a Failure with exit code 3 where `core` has met no peer within `timeout` milliseconds. */
export function expectPeer(core: Hypercore, timeout: number): void {
  const timer = setTimeout(() => {
    throw new Failure(
      `no peer found within ${timeout / 1000} s: is the writer running, and is the key right?`,
      TIMED_OUT
    )
  }, timeout)
  core.once('peer-add', () => clearTimeout(timer))
}

// a lookup is repeated by Hyperswarm every ten minutes or so, whatever has happened to the DHT
function refreshWhileAlone(swarm: Hyperswarm, discovery: Discovery): () => void {
  let refreshing = false
  const timer = setInterval(() => {
    if (refreshing || swarm.connections.size > 0 || swarm.connecting > 0) return
    refreshing = true
    discovery
      .refresh()
      .catch(() => {})
      .finally(() => {
        refreshing = false
      })
  }, REFRESH_MS)
  return () => clearInterval(timer)
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
