// Checked with hypercore 11.37.1.
import type { Peer } from 'hypercore'
import type { Upgrade } from './hypercore-proof.ts'
import { INSTALLED, type Members, assertMembers } from './members.ts'
import { Failure } from '../errors.ts'

/** Where the log of the sender ends, and what it does besides. */
export interface Sync {
  fork: number
  length: number
  downloading: boolean
  hasManifest: boolean
  allowPush: boolean
}

/** Blocks that the sender has, or, where `drop` says so, no longer has. */
export interface Range {
  start: number
  length: number
  drop: boolean
}

/** A request for a node of the tree, and for what proves it, `nodes` levels up. */
export interface HashRequest {
  index: number
  nodes: number
}

/** The messages of Hypercore's replication by their kinds, as far as this project looks into them. */
export interface Messages {
  sync: Sync
  request: { id: number; fork: number; hash: HashRequest | null }
  cancel: { request: number }
  data: { request: number; fork: number; upgrade: Upgrade | null }
  noData: { request: number; reason: number }
  want: { start: number; length: number; any: boolean }
  unwant: unknown
  bitfield: { start: number; bitfield: Uint32Array }
  range: Range
  extension: unknown
}

export type Kind = keyof Messages

interface Wire<T> {
  onmessage: (message: T, channel: unknown) => unknown
  send: (message: T) => unknown
}

type Wires = { readonly [K in Kind as `wire${Capitalize<K>}`]: Wire<Messages[K]> } & {
  readonly channel: { readonly messages: readonly object[] }
}

const KINDS: readonly Kind[] = [
  'sync',
  'request',
  'cancel',
  'data',
  'noData',
  'want',
  'unwant',
  'bitfield',
  'range',
  'extension'
]

/** What this module uses of a peer. */
export const MESSAGE_MEMBERS: Members = {
  'peer.channel.messages': 'object',
  ...Object.fromEntries(
    KINDS.flatMap((kind) => {
      const wire = `peer.wire${kind.charAt(0).toUpperCase()}${kind.slice(1)}`
      return [`${wire}.onmessage`, `${wire}.send`].map((path) => [path, 'function'] as const)
    })
  )
}

function wireOf<K extends Kind>(peer: Peer, kind: K): Wire<Messages[K]> {
  const wires = peer as Peer & Wires
  const byKind: { [K in Kind]: Wire<Messages[K]> } = {
    sync: wires.wireSync,
    request: wires.wireRequest,
    cancel: wires.wireCancel,
    data: wires.wireData,
    noData: wires.wireNoData,
    want: wires.wireWant,
    unwant: wires.wireUnwant,
    bitfield: wires.wireBitfield,
    range: wires.wireRange,
    extension: wires.wireExtension
  }
  return byKind[kind]
}

/** Takes a message; `handle` hands it, or another, on to Hypercore. Resolves once it was dealt with. */
export type Receiver<T> = (message: T, handle: (message: T) => unknown) => unknown

/** A receiver for each kind of message. */
export type Receivers = { readonly [K in Kind]: Receiver<Messages[K]> }

/**
 * Puts a receiver for every kind of message between `peer` and Hypercore, before the first message has
 * come. Keeps a peer from asking for more than it may. Throws a Failure where Hypercore has a kind of
 * message that would go past the receivers. No public way.
 */
export function interceptReceived(peer: Peer, receivers: Receivers): void {
  assertMembers('hypercore', peer, MESSAGE_MEMBERS)
  assertKnownKinds(peer)
  for (const kind of KINDS) interceptOf(peer, kind, receivers)
}

function interceptOf<K extends Kind>(peer: Peer, kind: K, receivers: Receivers): void {
  interceptKind(peer, kind, receivers[kind])
}

/** Puts `receive` between `peer` and what takes its messages of one kind at present. */
export function interceptKind<K extends Kind>(
  peer: Peer,
  kind: K,
  receive: Receiver<Messages[K]>
): void {
  const { channel } = peer as Peer & Wires
  const wire = wireOf(peer, kind)
  const { onmessage } = wire
  const handle = (message: Messages[K]): unknown => onmessage(message, channel)
  wire.onmessage = (message) => receive(message, handle)
}

function assertKnownKinds(peer: Peer): void {
  const { messages } = (peer as Peer & Wires).channel
  const known = new Set<object>(KINDS.map((kind) => wireOf(peer, kind)))
  if (messages.length === KINDS.length && messages.every((message) => known.has(message))) return
  throw new Failure(
    `hypercore ${INSTALLED.hypercore} has ${messages.length} kinds of messages where this app knows ${KINDS.length}: install the version that package.json names`
  )
}

/**
 * Has `hook` called in place of what sends messages of `kind` to `peer`. Returns what sends them, and
 * what takes the hook away. Gathers what Hypercore announces block by block. No public way.
 */
export function interceptSent<K extends Kind>(
  peer: Peer,
  kind: K,
  hook: (message: Messages[K]) => void
): { send(message: Messages[K]): void; restore(): void } {
  const wire = wireOf(peer, kind)
  const { send } = wire
  wire.send = hook
  return {
    send,
    restore() {
      wire.send = send
    }
  }
}

/** Sends `message` to `peer`. No public way. */
export function sendMessage<K extends Kind>(peer: Peer, kind: K, message: Messages[K]): void {
  wireOf(peer, kind).send(message)
}

/** Why a request has no answer (`NOT_AVAILABLE` of lib/replicator.js): what it asks for is not here. */
export const NOT_AVAILABLE = 1

/** The number of the request that `askForRoots` makes, and of its answer: of no other that is made. */
export const ROOTS_REQUEST = 0

/**
 * Asks `peer`, whose log is on `fork`, for the roots of its log at `length` blocks, and for all that
 * leads from there to what the writer has signed: what Hypercore itself asks for where it suspects that
 * a log was signed twice. No public way.
 */
export function askForRoots(peer: Peer, fork: number, length: number): void {
  const upgrade = { start: 0, length }
  const request = { id: ROOTS_REQUEST, fork, block: null, hash: null, seek: null, upgrade }
  sendMessage(peer, 'request', request)
}
