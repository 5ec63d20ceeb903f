// Checked with hypercore 11.37.1 (lib/default-encryption.js), whose form of an encrypted block no document
// describes: eight bytes that were never used with this block number, then the block, in XSalsa20 with a
// nonce of the number and those bytes. The key of a block is documented (`Hypercore.blockEncryptionKey`).
import b4a from 'b4a'
import sodium from 'sodium-universal'

/** Bytes by which an encrypted block is longer. */
export const PADDING = 8

/**
 * Encrypts `blocks`, the first of which is block number `seq`, so that any Hypercore that is given the
 * key of the blocks reads them. Where Hypercore itself fills the eight bytes with the number of the fork,
 * they are random here: a log that was put back from a backup has the numbers of forks that were used
 * before. No public way but a session with `encryption`, which takes the fork.
 */
export function encryptBlocks(
  blocks: readonly Uint8Array[],
  seq: number,
  blockKey: Uint8Array
): Uint8Array[] {
  const random = b4a.allocUnsafe(blocks.length * PADDING)
  sodium.randombytes_buf(random)
  const nonce = createNonce()
  return blocks.map((block, i) => {
    const encrypted = b4a.allocUnsafe(PADDING + block.byteLength)
    encrypted.set(random.subarray(i * PADDING, (i + 1) * PADDING))
    setNonce(nonce, seq + i, encrypted)
    sodium.crypto_stream_xor(encrypted.subarray(PADDING), block, nonce.bytes, blockKey)
    return encrypted
  })
}

/**
 * What `blocks` hold, the first of which is block number `seq`. Nothing tells a wrong key: what it gives
 * is garbage. No public way but `core.get` of a session with `encryption`, which reads from the store.
 */
export function decryptBlocks(
  blocks: readonly Uint8Array[],
  seq: number,
  blockKey: Uint8Array
): Uint8Array[] {
  const length = blocks.reduce((sum, block) => sum + block.byteLength, 0)
  const all = b4a.allocUnsafe(length)
  const nonce = createNonce()
  let at = 0
  return blocks.map((block, i) => {
    const decrypted = all.subarray(at, (at += Math.max(0, block.byteLength - PADDING)))
    setNonce(nonce, seq + i, block)
    if (decrypted.byteLength > 0) {
      sodium.crypto_stream_xor(decrypted, block.subarray(PADDING), nonce.bytes, blockKey)
    }
    return decrypted
  })
}

interface Nonce {
  bytes: Uint8Array
  view: DataView
}

function createNonce(): Nonce {
  const bytes = b4a.alloc(sodium.crypto_stream_NONCEBYTES)
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
}

// the number as eight bytes, the least one first, then the first eight bytes of `block`
function setNonce({ bytes, view }: Nonce, seq: number, block: Uint8Array): void {
  view.setBigUint64(0, BigInt(seq), true)
  bytes.set(block.subarray(0, PADDING), PADDING)
}
