// Checked with hyperswarm 4.17.2, streamx 2.28.1 and udx-native 1.21.3.
import type HyperDHT from 'hyperdht'
import Hyperswarm, { type Connection } from 'hyperswarm'
import { type Members, assertMembers } from './members.ts'

interface Dialler {
  readonly keyPair: { readonly publicKey: Uint8Array }
  readonly _allConnections: { get(publicKey: Uint8Array): Connection | undefined }
  _handlePeer(
    peer: { publicKey: Uint8Array; relayAddresses: { host: string; port: number }[] },
    topic: Uint8Array
  ): void
}

interface Sending {
  readonly _writableState: { readonly buffered: number }
}

interface Timed {
  readonly rawStream: { readonly rtoCount: number }
}

/** What this module uses of a swarm. */
export const SWARM_MEMBERS: Members = {
  'swarm.maxParallel': 'number',
  'swarm.keyPair.publicKey': 'object',
  'swarm._allConnections.get': 'function',
  'swarm._handlePeer': 'function'
}

const UNREAD_MEMBERS: Members = { 'connection._writableState.buffered': 'number' }
const TIMEOUT_MEMBERS: Members = { 'connection.rawStream.rtoCount': 'number' }

/** What this module uses of a connection that is open. */
export const CONNECTION_MEMBERS: Members = { ...UNREAD_MEMBERS, ...TIMEOUT_MEMBERS }

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
  dialler._handlePeer({ publicKey, relayAddresses: [{ host, port }] }, topic)
}

/**
 * The connection with the peer of `publicKey`, open or on its way; undefined for none. A public way for
 * half of it: `swarm.connections` leaves out what is on its way.
 */
export function connectionWith(swarm: Hyperswarm, publicKey: Uint8Array): Connection | undefined {
  return (swarm as Hyperswarm & Dialler)._allConnections.get(publicKey)
}

/**
 * Bytes that were sent on `connection` and not yet taken: what a peer that does not read makes us keep.
 * Throws a Failure where they are no longer counted, since every peer would seem to read nothing. No
 * public way by bytes; `drain` tells by time.
 */
export function unreadBytes(connection: Connection): number {
  assertMembers('hyperswarm', connection, UNREAD_MEMBERS)
  return (connection as Connection & Sending)._writableState.buffered
}

/**
 * How many times in a row nothing that was sent on `connection`, which is open, was acknowledged in time.
 * Tells a dead path long before the connection gives up. Throws a Failure where that is no longer
 * counted, since no path would ever seem dead. No public way.
 */
export function timeoutsInARow(connection: Connection): number {
  assertMembers('hyperswarm', connection, TIMEOUT_MEMBERS)
  return (connection as Connection & Timed).rawStream.rtoCount
}
