import b4a from 'b4a'
import type { KeyPair, Manifest } from 'hypercore'
import sodium from 'sodium-universal'
import z32 from 'z32'

const KEY_BYTES = 32
/** A read key in z-base-32, whose last digit has bits to spare, and in hex. */
const DIGITS = 103
const HEX = /^[\da-f]{128}$/i

const ENCRYPTION_KEY = b4a.from('pear-broadcast/private/1/encryption key')
const COMMITMENT = b4a.from('pear-broadcast/private/1/commitment')
/** What the user data of a private log's manifest begins with; the hash follows. */
const VERSION = 1

/** What a key that a person was given stands for. */
export interface Access {
  /** The key of the log: finds it, and lets a machine hold and serve it. */
  readonly key: Uint8Array
  /** What its blocks are encrypted with; null where the key does not say. */
  readonly encryption: Uint8Array | null
}

/**
 * The encryption key of a private log, made of the secret key that signs it: a writer that can append
 * can read, and nothing more has to be stored.
 */
export function encryptionKeyOf({ secretKey }: KeyPair): Uint8Array {
  if (secretKey === null) throw new Error('there is no secret key')
  return hash(ENCRYPTION_KEY, secretKey)
}

/**
 * What the manifest of a private log carries, and its key with it: it tells the one encryption key that
 * fits from every other one, and gives nothing of it away.
 */
export function commitmentTo(encryption: Uint8Array): Uint8Array {
  return b4a.concat([b4a.from([VERSION]), hash(COMMITMENT, encryption)])
}

/** Whether the log with `manifest` is private. */
export function isPrivate({ userData }: Manifest): boolean {
  return userData?.byteLength === 1 + KEY_BYTES && userData[0] === VERSION
}

/** Whether `encryption` is what the blocks of the log with `manifest` are encrypted with. */
export function fits({ userData }: Manifest, encryption: Uint8Array): boolean {
  return !!userData && b4a.equals(userData, commitmentTo(encryption))
}

/** The read key of a private log in z-base-32: its key, and what its blocks are encrypted with. */
export function encodeReadKey(key: Uint8Array, encryption: Uint8Array): string {
  return z32.encode(b4a.concat([key, encryption]))
}

/** The parts of a read key; null where `text` is none. */
export function parseReadKey(text: string): Access | null {
  const bytes = decode(text)
  if (bytes?.byteLength !== 2 * KEY_BYTES) return null
  return { key: bytes.subarray(0, KEY_BYTES), encryption: bytes.subarray(KEY_BYTES) }
}

function decode(text: string): Uint8Array | null {
  if (HEX.test(text)) return b4a.from(text, 'hex')
  if (text.length !== DIGITS) return null
  try {
    const bytes = z32.decode(text)
    // what does not come back had a digit that stands for nothing
    return z32.encode(bytes) === text ? bytes : null
  } catch {
    return null
  }
}

function hash(input: Uint8Array, key: Uint8Array): Uint8Array {
  const output = b4a.alloc(KEY_BYTES)
  sodium.crypto_generichash(output, input, key)
  return output
}
