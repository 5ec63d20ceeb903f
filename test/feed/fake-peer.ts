import type { Peer } from 'hypercore'
import type { FeedPeer } from '../../shared/feed/candidate.ts'
import { type Ack, NO_PATH, type Subscribe } from '../../shared/feed/messages.ts'

/** A peer with no connection: what it is asked is written down, and what it says is up to the test. */
export class FakePeer implements FeedPeer {
  readonly peer: Peer
  hops: number
  followsUs = false
  seemsDead = false
  /** How often it was asked for a sign of life. */
  timesAsked = 0
  /** The id of the subscription that it has answered. */
  begunWith = 0
  received = 0
  isSilent = false
  readonly asked: Subscribe[] = []
  /** Each distance from the writer that it was told. */
  readonly hopsTold: number[] = []
  readonly acknowledged: Ack[] = []
  /** Whether it is subscribed to at present. */
  isSource = false
  #wake: (() => void)[] = []

  /** A peer that is `hops` connections away from the writer, and claims `length` blocks. */
  constructor({ hops = NO_PATH, length = 0, fork = 0 }) {
    this.hops = hops
    this.peer = { remoteSynced: true, remoteLength: length, remoteFork: fork } as Peer
  }

  /** The id of the last subscription. */
  get id(): number {
    return this.asked.at(-1)?.id ?? 0
  }

  sendHops(hops: number): void {
    this.hopsTold.push(hops)
    for (const resolve of this.#wake.splice(0)) resolve()
  }

  /** Resolves once it is told of `hops`. */
  async isTold(hops: number): Promise<void> {
    while (this.hopsTold.at(-1) !== hops) {
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
  }

  askForLife(): void {
    this.timesAsked++
  }

  subscribe(message: Subscribe): void {
    this.asked.push(message)
    this.isSource = true
  }

  unsubscribe(): void {
    this.isSource = false
  }

  ack(message: Ack): void {
    this.acknowledged.push(message)
  }
}
