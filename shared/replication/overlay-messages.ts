import c, { type Encoder } from 'compact-encoding'
import { fields } from '../feed/encodings.ts'
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

const peer = fields<Advised>({ publicKey: c.fixed32, host: c.ipv4, port: c.uint16 })

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
