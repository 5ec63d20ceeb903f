import type { Peer } from 'hypercore'
import type { Address } from '../upstream/hyperdht.ts'
import type { Challenge, Rival } from './rival-messages.ts'

/** A peer, as far as the search for other writers goes. */
export interface RivalPeer {
  readonly peer: Peer
  /** Connections between the peer and the writer: 0 for one that says that it writes the log itself. */
  readonly hops: number
  /** Where the peer is, by its connection. */
  readonly address: Address
  challenge(message: Challenge): void
  rival(message: Rival): void
}

/** What is to be done with the messages that look for other writers of the log. */
export interface RivalSearch {
  onopen(peer: RivalPeer): void
  onchallenge(peer: RivalPeer, message: Challenge): void
  onrival(peer: RivalPeer, message: Rival): void
}

/** Another process that writes the log. */
export interface FoundRival {
  /** Where it is, as `host:port`, by its connection with us or with a reader of both. */
  readonly address: string
  /** Whether it has begun to append. */
  readonly begun: boolean
  /** The peer that has told of it. */
  readonly through: Peer
}

/** Challenges that are remembered, at most. */
export const MAX_CHALLENGES = 64
