import type { Hypercore, Peer } from 'hypercore'
import type { Channel, Message } from 'protomux'
import { muxOf } from '../upstream/hypercore-peer.ts'
import { isOpen } from '../upstream/protomux.ts'
import { TokenBucket } from '../limits/rate-limit.ts'
import { readable } from './encodings.ts'
import type { KeptWord } from './kept-word.ts'
import * as messages from './messages.ts'
import * as rivals from './rival-messages.ts'
import * as signatures from './signature-messages.ts'

/** What a message costs beside a small one: a status is passed on, a subscription takes a proof. */
const STATUS_COST = 10
const SUBSCRIBE_COST = 100
/** A challenge takes a signature, an answer the check of one; both go to other peers. */
const RIVAL_COST = 1000
/** As many signatures as an answer may have are made for it. */
const WANT_COST = 2500
/** Each is verified. */
const SIGNED_COST = 2500

/** What a peer does on the feed. */
export interface ChannelEvents {
  /** The peer speaks the feed too. */
  onopen(): void
  onclose(): void
  onhops(hops: number): void
  /** The peer passes on the word of the writer on what it keeps. */
  onkept(word: KeptWord): void
  onsubscribe(message: messages.Subscribe | typeof messages.UNSUBSCRIBE): void
  onbegin(message: messages.Begin): void
  onbatch(message: messages.Batch): void
  onack(message: messages.Ack): void
  onrefuse(message: messages.Refuse): void
  onchallenge(message: rivals.Challenge): void
  onrival(message: rivals.Rival): void
  onwant(message: signatures.Want): void
  onsigned(message: signatures.Signed): void
  /** What should be a `begin` or a `batch` is not. */
  onunreadable(err: Error): void
}

/**
 * The feed's messages with one peer, over the connection that Hypercore replicates on. A peer that
 * sends more small messages than any honest one loses its connection; but what it passes on for others
 * is no fault of its own, and of that the rest is left alone.
 */
export class FeedChannel {
  readonly #channel: Channel
  readonly #status: Message<messages.Status>
  readonly #subscribe: Message<messages.Subscribe | typeof messages.UNSUBSCRIBE>
  readonly #begin: Message<messages.Begin | Error>
  readonly #batch: Message<messages.Batch | Error>
  readonly #ack: Message<messages.Ack>
  readonly #refuse: Message<messages.Refuse>
  readonly #challenge: Message<rivals.Challenge>
  readonly #rival: Message<rivals.Rival>
  readonly #want: Message<signatures.Want>
  readonly #signed: Message<signatures.Signed>
  #on: ChannelEvents | null = null

  private constructor(channel: Channel) {
    const bucket = new TokenBucket()
    const rivalBucket = new TokenBucket()
    const passedOn = <T>(then: (message: T) => void): ((message: T) => void) =>
      metered(bucket, 1, (message) => {
        if (rivalBucket.tryTake(RIVAL_COST)) then(message)
      })
    this.#channel = channel
    // the numbers of the messages are given in this order
    this.#status = channel.addMessage({
      encoding: messages.status,
      onmessage: metered(bucket, STATUS_COST, ({ hops, kept }) => {
        if (kept) this.#on?.onkept(kept)
        this.#on?.onhops(Math.min(hops, messages.NO_PATH))
      })
    })
    this.#subscribe = channel.addMessage({
      encoding: messages.subscribe,
      onmessage: metered(bucket, SUBSCRIBE_COST, (message) => this.#on?.onsubscribe(message))
    })
    this.#begin = channel.addMessage({
      encoding: readable(messages.begin),
      onmessage: (message) => {
        if (message instanceof Error) this.#on?.onunreadable(message)
        else this.#on?.onbegin(message)
      }
    })
    this.#batch = channel.addMessage({
      encoding: readable(messages.batch),
      onmessage: (message) => {
        if (message instanceof Error) this.#on?.onunreadable(message)
        else this.#on?.onbatch(message)
      }
    })
    this.#ack = channel.addMessage({
      encoding: messages.ack,
      onmessage: metered(bucket, 1, (message) => this.#on?.onack(message))
    })
    this.#refuse = channel.addMessage({
      encoding: messages.refuse,
      onmessage: metered(bucket, 1, (message) => this.#on?.onrefuse(message))
    })
    this.#challenge = channel.addMessage({
      encoding: rivals.challenge,
      onmessage: passedOn((message) => this.#on?.onchallenge(message))
    })
    this.#rival = channel.addMessage({
      encoding: rivals.rival,
      onmessage: passedOn((message) => this.#on?.onrival(message))
    })
    this.#want = channel.addMessage({
      encoding: signatures.want,
      onmessage: metered(bucket, WANT_COST, (message) => this.#on?.onwant(message))
    })
    this.#signed = channel.addMessage({
      encoding: signatures.signed,
      onmessage: metered(bucket, SIGNED_COST, (message) => this.#on?.onsigned(message))
    })
  }

  /** A channel with `peer`, still to be opened; null where there is one for `core` already. */
  static create(core: Hypercore, peer: Peer): FeedChannel | null {
    let created: FeedChannel | null = null
    const channel = muxOf(peer).createChannel({
      protocol: messages.PROTOCOL,
      id: core.discoveryKey,
      onopen() {
        if (created !== null) created.#on?.onopen()
      },
      onclose() {
        if (created !== null) created.#on?.onclose()
      }
    })
    created = channel && new FeedChannel(channel)
    return created
  }

  /** Whether the peer has opened its side too. */
  get opened(): boolean {
    return isOpen(this.#channel)
  }

  /** Opens our side; what the peer does is told to `on`, but never before this returns. */
  open(on: ChannelEvents): void {
    this.#on = on
    this.#channel.open()
  }

  close(): void {
    this.#channel.close()
  }

  status(message: messages.Status): void {
    this.#status.send(message)
  }

  subscribe(message: messages.Subscribe | typeof messages.UNSUBSCRIBE): void {
    this.#subscribe.send(message)
  }

  begin(message: messages.Begin): void {
    this.#begin.send(message)
  }

  batch(message: messages.Batch): void {
    this.#batch.send(message)
  }

  ack(message: messages.Ack): void {
    this.#ack.send(message)
  }

  refuse(message: messages.Refuse): void {
    this.#refuse.send(message)
  }

  challenge(message: rivals.Challenge): void {
    this.#challenge.send(message)
  }

  rival(message: rivals.Rival): void {
    this.#rival.send(message)
  }

  want(message: signatures.Want): void {
    this.#want.send(message)
  }

  signed(message: signatures.Signed): void {
    this.#signed.send(message)
  }
}

// Throwing ends the connection, and skips the other messages of this chunk.
function metered<T>(bucket: TokenBucket, cost: number, then: (message: T) => void) {
  return (message: T): void => {
    if (!bucket.tryTake(cost)) throw new Error('more messages than a peer needs')
    then(message)
  }
}
