// Checked with hyperswarm 4.17.2.
import b4a from 'b4a'
import type HyperDHT from 'hyperdht'
import Hyperswarm, { type Connection, type PeerInfo } from 'hyperswarm'
import { type Members, assertMembers } from './members.ts'

interface Dialler {
  maxPeers: number
  maxParallel: number
  readonly stats: { readonly connects: { readonly client: DialCounts } }
  _attemptClientConnections(): void
  readonly keyPair: { readonly publicKey: Uint8Array }
  readonly _allConnections: Iterable<Connection> & {
    get(publicKey: Uint8Array): Connection | undefined
  }
  _handlePeer(
    peer: { publicKey: Uint8Array; relayAddresses: { host: string; port: number }[] },
    topic: Uint8Array,
    told?: boolean
  ): void
}

interface Info {
  reconnect(again: boolean): void
  readonly tried: boolean
  readonly waiting: boolean
  readonly queued: boolean
}

/** Dials since the start of a swarm. */
interface DialCounts {
  readonly attempted: number
  readonly opened: number
}

/** What this module uses of a swarm. */
export const SWARM_MEMBERS: Members = {
  'swarm.maxPeers': 'number',
  'swarm.maxParallel': 'number',
  'swarm.stats.connects.client.attempted': 'number',
  'swarm.stats.connects.client.opened': 'number',
  'swarm._attemptClientConnections': 'function',
  'swarm.keyPair.publicKey': 'object',
  'swarm._allConnections.get': 'function',
  'swarm._handlePeer': 'function'
}

const INFO_MEMBERS: Members = {
  'peer.attempts': 'number',
  'peer.tried': 'boolean',
  'peer.proven': 'boolean',
  'peer.waiting': 'boolean',
  'peer.queued': 'boolean'
}

/**
 * A swarm on `dht` that dials up to `dials` peers at once, where Hyperswarm's own limit of three waits
 * for each that is dead. The option `maxParallel` is undocumented; no public way.
 */
export function createSwarmWith(dht: HyperDHT, dials: number): Hyperswarm {
  const options: ConstructorParameters<typeof Hyperswarm>[0] & { maxParallel: number } = {
    dht,
    maxParallel: dials
  }
  return new Hyperswarm(options)
}

/**
 * Lets `swarm` dial until it has so many connections, those under way counted, and so many at once, from now
 * on. The option `maxPeers` is documented, and for the start alone; `maxParallel` is not; no public way.
 */
export function limitDials(swarm: Hyperswarm, connections: number, atOnce: number): void {
  const dialler = swarm as Hyperswarm & Dialler
  const more = connections > dialler.maxPeers || atOnce > dialler.maxParallel
  dialler.maxPeers = connections
  dialler.maxParallel = atOnce
  // it looks by itself when a dial or a connection ends
  if (more) dialler._attemptClientConnections()
}

/** The connections of `swarm`, and its dials until they have ended. No public way to the latter. */
export function allConnections(swarm: Hyperswarm): Connection[] {
  return [...(swarm as Hyperswarm & Dialler)._allConnections]
}

/** Ends the dials of `swarm` that are under way, and returns how many: their peers are dialled later, where wanted. */
export function giveUpDials(swarm: Hyperswarm): number {
  const dials = allConnections(swarm).filter(
    (one) => !swarm.connections.has(one) && !one.destroying
  )
  for (const dial of dials) dial.destroy()
  return dials.length
}

/**
 * Has `accept` asked of each peer that a look-up finds, or that was `told` to `dialAt`, whether it may be dialled.
 * The option `firewall` is documented, and bans for good, in both directions; no public way.
 */
export function filterFound(
  swarm: Hyperswarm,
  accept: (publicKey: Uint8Array, told: boolean) => boolean
): void {
  const dialler = swarm as Hyperswarm & Dialler
  const handle = dialler._handlePeer.bind(dialler)
  dialler._handlePeer = (peer, topic, told?: boolean) => {
    if (accept(peer.publicKey, told === true)) handle(peer, topic)
  }
}

/** How many peers `swarm` has dialled, and how many of them have answered. No public way. */
export function dialCounts(swarm: Hyperswarm): DialCounts {
  return (swarm as Hyperswarm & Dialler).stats.connects.client
}

/** Keeps `swarm` from dialling the peer of `publicKey` again by itself when its connection ends. No public way. */
export function forgetPeer(swarm: Hyperswarm, publicKey: Uint8Array): void {
  infoOf(swarm, publicKey)?.reconnect(false)
}

/**
 * Has the peer of `publicKey`, which did not answer a dial, dialled after those that were not dialled before; or,
 * where it `hadAnswered` and its connection has died, among those. Hyperswarm (lib/peer-info.js) would dial it
 * before those. Throws a Failure where the members are gone, since nothing would be deferred. No public way.
 */
export function deferPeer(swarm: Hyperswarm, publicKey: Uint8Array, hadAnswered: boolean): void {
  const info = infoOf(swarm, publicKey)
  if (info === undefined) return
  assertMembers('hyperswarm', info, INFO_MEMBERS)
  Object.assign(info, hadAnswered ? { attempts: 0 } : { tried: true, proven: false })
}

/** Whether the peer of `publicKey` did not answer, and is dialled again when its turn has come. No public way. */
export function isDeferred(swarm: Hyperswarm, publicKey: Uint8Array): boolean {
  const info = infoOf(swarm, publicKey)
  return info !== undefined && info.tried && (info.waiting || info.queued)
}

function infoOf(swarm: Hyperswarm, publicKey: Uint8Array): (PeerInfo & Info) | undefined {
  return swarm.peers.get(b4a.toString(publicKey, 'hex')) as (PeerInfo & Info) | undefined
}

/** The key by which peers know `swarm`. Documented as an option, not as a property. */
export function publicKeyOf(swarm: Hyperswarm): Uint8Array {
  return (swarm as Hyperswarm & Dialler).keyPair.publicKey
}

/**
 * Hands a peer of `topic` to the dialler of `swarm` as a look-up does, to be reached where it listens,
 * with no node of the DHT in between. No public way: `swarm.joinPeer` takes no address, and a dial of
 * the DHT's own goes past the swarm.
 */
export function dialAt(
  swarm: Hyperswarm,
  topic: Uint8Array,
  peer: { publicKey: Uint8Array; host: string; port: number }
): void {
  const { publicKey, host, port } = peer
  const dialler = swarm as Hyperswarm & Dialler
  dialler._handlePeer({ publicKey, relayAddresses: [{ host, port }] }, topic, true)
}

/**
 * The connection with the peer of `publicKey`, open or on its way; undefined for none. A public way for
 * half of it: `swarm.connections` leaves out what is on its way.
 */
export function connectionWith(swarm: Hyperswarm, publicKey: Uint8Array): Connection | undefined {
  return (swarm as Hyperswarm & Dialler)._allConnections.get(publicKey)
}
