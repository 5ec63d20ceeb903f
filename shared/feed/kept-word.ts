import b4a from 'b4a'
import c from 'compact-encoding'
import sodium from 'sodium-universal'
import { fields } from './encodings.ts'

const DOMAIN = b4a.from('pear-broadcast/kept/1')
const NUMBER_BYTES = 8

/** The writer's word: on `fork` of its log it keeps no block before `first`. */
export interface KeptWord {
  readonly fork: number
  readonly first: number
  readonly signature: Uint8Array
}

/** What the word says. */
type Said = Omit<KeptWord, 'signature'>

export const keptWord = fields<KeptWord>({ fork: c.uint, first: c.uint, signature: c.fixed64 })

/** The word of the writer with `secretKey` on its log with `key`. */
export function signWord(secretKey: Uint8Array, key: Uint8Array, said: Said): KeptWord {
  const signature = b4a.alloc(sodium.crypto_sign_BYTES)
  sodium.crypto_sign_detached(signature, signableOf(key, said), secretKey)
  return { ...said, signature }
}

/** Whether `word` is that of the writer with `publicKey` on its log with `key`. */
export function isWordOf(publicKey: Uint8Array, key: Uint8Array, word: KeptWord): boolean {
  return sodium.crypto_sign_verify_detached(word.signature, signableOf(key, word), publicKey)
}

// no tree of Hypercore is signed in a form like this
function signableOf(key: Uint8Array, { fork, first }: Said): Uint8Array {
  const numbers = new DataView(new ArrayBuffer(2 * NUMBER_BYTES))
  numbers.setBigUint64(0, BigInt(fork))
  numbers.setBigUint64(NUMBER_BYTES, BigInt(first))
  return b4a.concat([DOMAIN, key, new Uint8Array(numbers.buffer)])
}
