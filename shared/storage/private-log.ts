import b4a from 'b4a'
import Hypercore, { type Hypercore as Core, type Options } from 'hypercore'
import sodium from 'sodium-universal'
import { Failure } from '../errors.ts'
import { decryptBlocks, encryptBlocks } from '../upstream/hypercore-encryption.ts'
import { manifestOf } from '../upstream/hypercore-tree.ts'
import { type Access, commitmentTo, encryptionKeyOf, fits, isPrivate } from './read-key.ts'

// A private log is a log of encrypted blocks. They are encrypted before they are appended, and decrypted
// before they are printed: the log is replicated as every other one is, by machines that cannot read it.

/** A new key pair, and a manifest that commits to the encryption key which is made of it. */
export function privateOptions(): Options {
  const publicKey = b4a.alloc(sodium.crypto_sign_PUBLICKEYBYTES)
  const secretKey = b4a.alloc(sodium.crypto_sign_SECRETKEYBYTES)
  sodium.crypto_sign_keypair(publicKey, secretKey)
  const keyPair = { publicKey, secretKey }
  const userData = commitmentTo(encryptionKeyOf(keyPair))
  return { keyPair, manifest: { version: 2, signers: [{ publicKey }], userData } }
}

/** What the blocks of the writer's log `core` are encrypted with; null where everybody reads them. */
export function writerEncryption(core: Core): Uint8Array | null {
  const manifest = manifestOf(core)
  return manifest !== null && isPrivate(manifest) && core.keyPair
    ? encryptionKeyOf(core.keyPair)
    : null
}

/**
 * Why `access` does not read the log `core`, as its manifest tells; null where it does, and where a copy
 * has not been told its manifest yet. With `seed` nothing is to be read.
 */
export function whyUnreadable(
  core: Core,
  { encryption }: Access,
  { seed }: { seed: boolean }
): Failure | null {
  const manifest = manifestOf(core)
  if (manifest === null) return null
  if (encryption !== null && !fits(manifest, encryption)) {
    return new Failure('this key does not read this log: was it copied in full?')
  }
  if (encryption === null && isPrivate(manifest) && !seed) {
    return new Failure(
      'this log is private, and this key only seeds it: add --seed, or ask the writer for the read key'
    )
  }
  return null
}

/** What makes of the blocks of a log what is stored, and back; the first of them is block number `seq`. */
export interface Cipher {
  encrypt(seq: number, blocks: Uint8Array[]): Uint8Array[]
  decrypt(seq: number, blocks: Uint8Array[]): Uint8Array[]
}

/** The cipher of the log with `key` whose blocks are encrypted with `encryption`. */
export function createCipher(key: Uint8Array, encryption: Uint8Array): Cipher {
  const blockKey = Hypercore.blockEncryptionKey(key, encryption)
  return {
    encrypt: (seq, blocks) => encryptBlocks(blocks, seq, blockKey),
    decrypt: (seq, blocks) => decryptBlocks(blocks, seq, blockKey)
  }
}
