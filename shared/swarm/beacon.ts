import b4a from 'b4a'
import c, { type State } from 'compact-encoding'
import sodium from 'sodium-universal'

/** Where beacons are sent; the group is administratively scoped (RFC 2365), the TTL is 1. */
export const PORT = 19737
export const GROUP = '239.255.73.7'

// docs/lan.md describes the datagram; another version of it needs another context
const CONTEXT = b4a.from('hyperswarm lan beacon v1')
const NONCE = sodium.crypto_secretbox_NONCEBYTES
const BOX = NONCE + sodium.crypto_secretbox_MACBYTES
const PLAIN = 32 + 4 + 2 + 4

/** Every beacon has this many bytes. */
export const BEACON_BYTES = BOX + PLAIN

/** What a process says of itself on one interface. */
export interface Beacon {
  /** The key that its connections are authenticated by; every process has a new one. */
  publicKey: Uint8Array
  /** The IPv4 address that the beacon is sent from, and the port of the DHT node there. */
  host: string
  port: number
  /** Grows from beat to beat: an older beacon is a replay, or a copy from another interface. */
  beat: number
}

/** The key that seals the beacons of the peers of `topic`: each of them holds it, and no other peer. */
export function beaconSecret(topic: Uint8Array): Uint8Array {
  const secret = b4a.alloc(sodium.crypto_secretbox_KEYBYTES)
  sodium.crypto_generichash(secret, topic, CONTEXT)
  return secret
}

/** Seals `beacon` under a random nonce: no two datagrams have a byte in common but by chance. */
export function sealBeacon(beacon: Beacon, secret: Uint8Array): Uint8Array {
  const packet = b4a.alloc(BEACON_BYTES)
  const nonce = packet.subarray(0, NONCE)
  sodium.randombytes_buf(nonce)
  sodium.crypto_secretbox_easy(packet.subarray(NONCE), encode(beacon), nonce, secret)
  return packet
}

/** The beacon in `packet`; null where there is none that `secret` opens. */
export function openBeacon(packet: Uint8Array, secret: Uint8Array): Beacon | null {
  if (packet.byteLength !== BEACON_BYTES) return null
  const plain = b4a.alloc(PLAIN)
  const nonce = packet.subarray(0, NONCE)
  const opened = sodium.crypto_secretbox_open_easy(plain, packet.subarray(NONCE), nonce, secret)
  return opened ? decode(plain) : null
}

function encode({ publicKey, host, port, beat }: Beacon): Uint8Array {
  const buffer = b4a.alloc(PLAIN)
  const state: State = { start: 0, end: PLAIN, buffer }
  c.fixed32.encode(state, publicKey)
  c.ipv4.encode(state, host)
  c.uint16.encode(state, port)
  c.uint32.encode(state, beat)
  return buffer
}

function decode(plain: Uint8Array): Beacon {
  const state: State = { start: 0, end: PLAIN, buffer: plain }
  return {
    publicKey: c.fixed32.decode(state),
    host: c.ipv4.decode(state),
    port: c.uint16.decode(state),
    beat: c.uint32.decode(state)
  }
}
