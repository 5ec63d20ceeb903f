import c, { type Encoder } from 'compact-encoding'
import { ADVICE } from '../swarm/overlay-policy.ts'

/** Where a peer can be dialled: a host is four numbers, as IPv4 has them. */
export interface Advised {
  publicKey: Uint8Array
  host: string
  port: number
}

/** There is no place for the receiver: it may ask these peers. */
export interface Full {
  advice: readonly Advised[]
}

const peer: Encoder<Advised> = {
  preencode(state, { publicKey, port }) {
    c.fixed32.preencode(state, publicKey)
    state.end += 4
    c.uint16.preencode(state, port)
  },
  encode(state, { publicKey, host, port }) {
    c.fixed32.encode(state, publicKey)
    for (const byte of host.split('.')) c.uint8.encode(state, Number(byte))
    c.uint16.encode(state, port)
  },
  decode(state) {
    const publicKey = c.fixed32.decode(state)
    const host = [1, 2, 3, 4].map(() => c.uint8.decode(state)).join('.')
    return { publicKey, host, port: c.uint16.decode(state) }
  }
}

export const full: Encoder<Full> = {
  preencode(state, { advice }) {
    c.uint.preencode(state, advice.length)
    for (const one of advice) peer.preencode(state, one)
  },
  encode(state, { advice }) {
    c.uint.encode(state, advice.length)
    for (const one of advice) peer.encode(state, one)
  },
  decode(state) {
    const count = c.uint.decode(state)
    if (count > ADVICE) throw new Error(`${count} pieces of advice`)
    const advice: Advised[] = []
    for (let i = 0; i < count; i++) advice.push(peer.decode(state))
    return { advice }
  }
}
