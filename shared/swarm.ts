import type { Hypercore, Peer } from 'hypercore'
import Hyperswarm, { type Discovery } from 'hyperswarm'
import { admitPeers } from './limits/connections.ts'
import { createDht, watchReach } from './swarm/dht.ts'
import { Failure, TIMED_OUT } from './errors.ts'
import { Lan } from './swarm/lan.ts'
import { Presence } from './app/peer-status.ts'
import type { Status } from './app/status.ts'

/**
 * While nobody is connected the DHT is asked again, soon and then ever more seldom: its nodes may
 * have come back with nothing of what was announced to them.
 */
const REFRESH_MS = 4000
const MAX_REFRESH_MS = 30_000
/** Saying goodbye to the DHT takes no longer than this. */
const LEAVE_MS = 1000

/**
 * Peers that are dialled at once: as many as Hyperswarm wants to be connected to. Who was killed
 * stays announced for up to half an hour, and it takes seconds to learn that nobody is there: with
 * Hyperswarm's own limit of three at a time, twenty of them kept everybody else waiting for 40 s.
 */
const MAX_DIALS = 64

/** A swarm that has joined the topic of one log. */
export interface Membership {
  /** Resolves once everyone whom the DHT knows was connected to, or could not be. */
  flushed: Promise<boolean>
  /** Takes what the feed knows of a peer: how many connections it is away from the writer. */
  acquaint(peer: Peer, hops: number): void
  /** Ends the connection with a peer; for good where `ban` says that it cannot be honest. */
  drop(peer: Peer, ban: boolean): void
  leave(): Promise<void>
}

/** A swarm on the public DHT, or on the one whose nodes `bootstrap` names. */
export function createSwarm(bootstrap?: { host: string; port: number }[]): Hyperswarm {
  return new Hyperswarm({ dht: createDht(bootstrap), maxParallel: MAX_DIALS })
}

/**
 * Announces and looks up `core` by its discovery key, which only finds peers, and replicates it on
 * every connection: the key itself is the right to read, and the handshake of Hypercore proves it.
 * With `lan`, peers on this machine and its links are found with no DHT too.
 */
export function joinSwarm(
  swarm: Hyperswarm,
  core: Hypercore,
  status: Status,
  options: { lan: boolean }
): Membership {
  swarm.on('connection', (connection) => core.replicate(connection))
  const { drop } = admitPeers(swarm, core, (reason) => {
    status.info(`dropped a peer that ${reason}`)
  })
  const discovery = swarm.join(core.discoveryKey, { server: true, client: true })
  const lan = options.lan
    ? new Lan(swarm, core.discoveryKey, (reason) => {
        status.info(`peers on the local network may not be found: ${reason}`)
      })
    : null
  const reach = watchReach(swarm.dht, (answers) => {
    presence.tellReach(answers)
    // who came while it was out of reach is found at once
    if (answers) askAgain(discovery)
  })
  const presence = new Presence(swarm, core, status, { lan, reach })
  const stopRefreshing = refreshWhileAlone(swarm, discovery)
  return {
    flushed: swarm.flush(),
    acquaint: (peer, hops) => presence.acquaint(peer, hops),
    drop,
    async leave() {
      stopRefreshing()
      presence.close()
      lan?.close()
      reach.close()
      const farewell = Promise.allSettled([swarm.destroy({ force: reach.answers !== true })])
      if (reach.answers) await Promise.race([farewell, after(LEAVE_MS)])
      // closes every connection, and with them what still waits for the DHT
      await swarm.dht.destroy({ force: true })
    }
  }
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
  let delay = REFRESH_MS
  let timer = setTimeout(refresh, delay)
  return () => clearTimeout(timer)

  function refresh(): void {
    const alone = swarm.connections.size === 0 && swarm.connecting === 0
    delay = alone ? Math.min(delay * 1.5, MAX_REFRESH_MS) : REFRESH_MS
    if (alone) askAgain(discovery)
    timer = setTimeout(refresh, delay)
  }
}

function askAgain(discovery: Discovery): void {
  // one that is under way is not begun again; one that fails, for want of an answer, is repeated
  discovery.refresh().catch(() => {})
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
