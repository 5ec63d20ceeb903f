import c, { type Encoder } from 'compact-encoding'

/**
 * Asks for proof of who else writes the log, over a `nonce` that was never used before. A reader passes
 * it on to the writers that it knows.
 */
export interface Challenge {
  nonce: Uint8Array
}

/** The answer: the sender, or the writer at `host` that the sender passes on, has the secret key. */
export interface Rival {
  nonce: Uint8Array
  /** Whether it has begun to append. */
  begun: boolean
  /** Of the nonce, in a form that `RivalCheck` knows. */
  signature: Uint8Array
  /** Empty where the sender speaks of itself. */
  host: string
  port: number
}

export const challenge: Encoder<Challenge> = {
  preencode: (state, { nonce }) => c.fixed32.preencode(state, nonce),
  encode: (state, { nonce }) => c.fixed32.encode(state, nonce),
  decode: (state) => ({ nonce: c.fixed32.decode(state) })
}

export const rival: Encoder<Rival> = {
  preencode(state, m) {
    c.fixed32.preencode(state, m.nonce)
    c.bool.preencode(state, m.begun)
    c.fixed64.preencode(state, m.signature)
    c.string.preencode(state, m.host)
    c.uint.preencode(state, m.port)
  },
  encode(state, m) {
    c.fixed32.encode(state, m.nonce)
    c.bool.encode(state, m.begun)
    c.fixed64.encode(state, m.signature)
    c.string.encode(state, m.host)
    c.uint.encode(state, m.port)
  },
  decode(state) {
    return {
      nonce: c.fixed32.decode(state),
      begun: c.bool.decode(state),
      signature: c.fixed64.decode(state),
      host: c.string.decode(state),
      port: c.uint.decode(state)
    }
  }
}
