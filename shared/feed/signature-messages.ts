import c, { type Encoder } from 'compact-encoding'
import { MAX_SIGNATURE_BYTES, type SignedLength } from '../upstream/hypercore-tree.ts'
import { uints } from './encodings.ts'

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

export const want = uints<Want>('fork', 'after', 'upTo')

export const signed: Encoder<Signed> = {
  preencode(state, m) {
    c.uint.preencode(state, m.fork)
    c.uint.preencode(state, m.after)
    c.uint.preencode(state, m.lengths.length)
    for (const { length, signature } of m.lengths) {
      c.uint.preencode(state, length)
      c.buffer.preencode(state, signature)
    }
  },
  encode(state, m) {
    c.uint.encode(state, m.fork)
    c.uint.encode(state, m.after)
    c.uint.encode(state, m.lengths.length)
    for (const { length, signature } of m.lengths) {
      c.uint.encode(state, length)
      c.buffer.encode(state, signature)
    }
  },
  decode(state) {
    const fork = c.uint.decode(state)
    const after = c.uint.decode(state)
    const count = c.uint.decode(state)
    if (count > MAX_SIGNATURES) throw new Error(`${count} signatures at once`)
    const lengths: SignedLength[] = []
    for (let i = 0; i < count; i++) {
      const length = c.uint.decode(state)
      const signature = c.buffer.decode(state)
      const { byteLength } = signature
      if (byteLength > MAX_SIGNATURE_BYTES) throw new Error(`a signature of ${byteLength} bytes`)
      lengths.push({ length, signature })
    }
    return { fork, after, lengths }
  }
}
