// Checked with hyperswarm 4.17.2, streamx 2.28.1 and udx-native 1.21.3.
import type { Connection } from 'hyperswarm'
import { type Members, assertMembers } from './members.ts'

interface Sending {
  readonly _writableState: { readonly buffered: number }
}

interface Timed {
  readonly rawStream: { readonly rtoCount: number }
}

interface Counted {
  readonly rawStream: { readonly bytesReceived: number; readonly packetsReceived: number }
}

const DIRECTION_MEMBERS: Members = { 'connection.isInitiator': 'boolean' }
const UNREAD_MEMBERS: Members = { 'connection._writableState.buffered': 'number' }
const TIMEOUT_MEMBERS: Members = { 'connection.rawStream.rtoCount': 'number' }

const RECEIVED_MEMBERS: Members = {
  'connection.rawStream.bytesReceived': 'number',
  'connection.rawStream.packetsReceived': 'number'
}

/** What this module uses of a connection that is open. */
export const CONNECTION_MEMBERS: Members = {
  ...UNREAD_MEMBERS,
  ...TIMEOUT_MEMBERS,
  ...RECEIVED_MEMBERS
}

/**
 * Whether we have dialled the peer at the other end of `connection`. Throws a Failure where that can no longer
 * be told, since every peer would seem to have dialled us. Documented as an argument alone.
 */
export function isOwnDial(connection: Connection): boolean {
  assertMembers('hyperswarm', connection, DIRECTION_MEMBERS)
  return (connection as Connection & { readonly isInitiator: boolean }).isInitiator
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

/** What UDX puts before the payload of each packet, in bytes. */
const PACKET_HEADER = 20

/**
 * Bytes of payload that have come on `connection`, encrypted, counted as each packet arrives: tells a
 * peer that is sending a large message over a slow link from one that is silent. Throws a Failure where
 * they are no longer counted, since every peer would seem to be silent. No public way: `data` comes with
 * whole messages.
 */
export function payloadReceived(connection: Connection): number {
  assertMembers('hyperswarm', connection, RECEIVED_MEMBERS)
  const { bytesReceived, packetsReceived } = (connection as Connection & Counted).rawStream
  return bytesReceived - PACKET_HEADER * packetsReceived
}

/**
 * Packets that have come on `connection`, those that but acknowledge what was sent too: a peer that is alive
 * sends one for whatever it is sent. Throws a Failure where they are no longer counted, since every peer would
 * seem to be gone. No public way.
 */
export function packetsReceived(connection: Connection): number {
  assertMembers('hyperswarm', connection, RECEIVED_MEMBERS)
  return (connection as Connection & Counted).rawStream.packetsReceived
}
