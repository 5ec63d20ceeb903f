import c, { type Encoder } from 'compact-encoding'
import { MAX_SIGNATURE_BYTES, type SignedLength } from '../upstream/hypercore-tree.ts'
import { fields } from './encodings.ts'

/** An answer has at most so many signatures, each of which its receiver verifies. */
export const MAX_SIGNATURES = 16

/** Asks for signed lengths, each within a batch of the one before, from `after` on. */
export interface Want {
  fork: number
  after: number
  upTo: number
}

/** The answer to the request that had the same `after`: those that the peer has, or none. */
export interface Signed {
  fork: number
  after: number
  lengths: SignedLength[]
}

export const want = fields<Want>({ fork: c.uint, after: c.uint, upTo: c.uint })

const signedLength = fields<SignedLength>({ length: c.uint, signature: c.buffer })

export const signed: Encoder<Signed> = {
  preencode(state, m) {
    c.uint.preencode(state, m.fork)
    c.uint.preencode(state, m.after)
    c.uint.preencode(state, m.lengths.length)
    for (const length of m.lengths) signedLength.preencode(state, length)
  },
  encode(state, m) {
    c.uint.encode(state, m.fork)
    c.uint.encode(state, m.after)
    c.uint.encode(state, m.lengths.length)
    for (const length of m.lengths) signedLength.encode(state, length)
  },
  decode(state) {
    const fork = c.uint.decode(state)
    const after = c.uint.decode(state)
    const count = c.uint.decode(state)
    if (count > MAX_SIGNATURES) throw new Error(`${count} signatures at once`)
    const lengths: SignedLength[] = []
    for (let i = 0; i < count; i++) {
      const length = signedLength.decode(state)
      const { byteLength } = length.signature
      if (byteLength > MAX_SIGNATURE_BYTES) throw new Error(`a signature of ${byteLength} bytes`)
      lengths.push(length)
    }
    return { fork, after, lengths }
  }
}
