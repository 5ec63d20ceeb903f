import c, { type Encoder } from 'compact-encoding'
import { ADVICE } from '../swarm/overlay-policy.ts'

/** Where a peer can be dialled. */
export interface Advised {
  publicKey: Uint8Array
  host: string
  port: number
}

/** There is no place for the receiver: it may ask these peers. */
export interface Full {
  advice: Advised[]
}

export const full: Encoder<Full> = {
  preencode(state, { advice }) {
    c.uint.preencode(state, advice.length)
    for (const { publicKey, host, port } of advice) {
      c.fixed32.preencode(state, publicKey)
      c.string.preencode(state, host)
      c.uint.preencode(state, port)
    }
  },
  encode(state, { advice }) {
    c.uint.encode(state, advice.length)
    for (const { publicKey, host, port } of advice) {
      c.fixed32.encode(state, publicKey)
      c.string.encode(state, host)
      c.uint.encode(state, port)
    }
  },
  decode(state) {
    const count = c.uint.decode(state)
    if (count > ADVICE) throw new Error(`${count} pieces of advice`)
    const advice: Advised[] = []
    for (let i = 0; i < count; i++) {
      const publicKey = c.fixed32.decode(state)
      advice.push({ publicKey, host: c.string.decode(state), port: c.uint.decode(state) })
    }
    return { advice }
  }
}
