import b4a from 'b4a'
import type { Hypercore } from 'hypercore'
import sodium from 'sodium-universal'
import type { Challenge, Rival } from './rival-messages.ts'
import { MAX_CHALLENGES } from './rivals.ts'
import type { FoundRival, RivalPeer, RivalSearch } from './rivals.ts'

const NONCE_BYTES = 32
/** What a reader passes on is shown to a person. */
const ADDRESS = /^[\da-f.:]{2,45}$/i
const DOMAIN = b4a.from('pear-broadcast/rival/1')

/**
 * Finds other processes that write the writer's log `core`: each proves to the others that it has the
 * secret key, by a signature of what they made up for this run alone.
 */
export class RivalCheck implements RivalSearch {
  readonly #core: Hypercore
  readonly #onfound: (rival: FoundRival) => void
  readonly #nonce = b4a.alloc(NONCE_BYTES)
  readonly #heard = new Set<string>()
  #begun = false

  constructor(core: Hypercore, onfound: (rival: FoundRival) => void) {
    this.#core = core
    this.#onfound = onfound
    sodium.randombytes_buf(this.#nonce)
  }

  /** Tells from now on that this process appends. */
  begin(): void {
    this.#begun = true
  }

  onopen(peer: RivalPeer): void {
    peer.challenge({ nonce: this.#nonce })
  }

  onchallenge(peer: RivalPeer, { nonce }: Challenge): void {
    const { keyPair } = this.#core
    if (b4a.equals(nonce, this.#nonce) || !keyPair?.secretKey) return
    const begun = this.#begun
    const signature = b4a.alloc(sodium.crypto_sign_BYTES)
    sodium.crypto_sign_detached(signature, this.#signable(nonce, begun), keyPair.secretKey)
    peer.rival({ nonce, begun, signature, host: '', port: 0 })
    // a reader of both may have come to know the other only now
    const id = b4a.toString(nonce, 'hex')
    if (this.#heard.has(id) || this.#heard.size >= MAX_CHALLENGES) return
    this.#heard.add(id)
    peer.challenge({ nonce: this.#nonce })
  }

  onrival(peer: RivalPeer, { nonce, begun, signature, host, port }: Rival): void {
    const { keyPair } = this.#core
    if (keyPair === null || !b4a.equals(nonce, this.#nonce)) return
    const signable = this.#signable(nonce, begun)
    if (!sodium.crypto_sign_verify_detached(signature, signable, keyPair.publicKey)) return
    const at = ADDRESS.test(host) ? { host, port } : peer.address
    this.#onfound({ address: `${at.host}:${at.port}`, begun, through: peer.peer })
  }

  // no tree of Hypercore is signed in a form like this
  #signable(nonce: Uint8Array, begun: boolean): Uint8Array {
    return b4a.concat([DOMAIN, this.#core.key, nonce, b4a.from([begun ? 1 : 0])])
  }
}
