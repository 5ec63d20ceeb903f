import b4a from 'b4a'
import { BoundedMap } from '../limits/bounded-map.ts'
import type { Challenge, Rival } from './rival-messages.ts'
import { MAX_CHALLENGES } from './rivals.ts'
import type { RivalPeer, RivalSearch } from './rivals.ts'

/** At a reader: passes the challenges of a writer on to other writers, and back what they answer. */
export class RivalRelay implements RivalSearch {
  readonly #peers: () => Iterable<RivalPeer>
  readonly #asked = new BoundedMap<string, RivalPeer>(MAX_CHALLENGES)

  constructor(peers: () => Iterable<RivalPeer>) {
    this.#peers = peers
  }

  onopen(): void {}

  onchallenge(peer: RivalPeer, message: Challenge): void {
    this.#asked.set(b4a.toString(message.nonce, 'hex'), peer)
    for (const other of this.#peers()) {
      if (other !== peer && other.hops === 0) other.challenge(message)
    }
  }

  onrival(peer: RivalPeer, message: Rival): void {
    const asker = this.#asked.get(b4a.toString(message.nonce, 'hex'))
    if (asker !== undefined && asker !== peer) asker.rival({ ...message, ...peer.address })
  }
}
