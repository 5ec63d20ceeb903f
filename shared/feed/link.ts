import type { Hypercore, Peer } from 'hypercore'
import { askForLife, isSilent, seemsDead } from '../limits/dead-connections.ts'
import { addressOf, connectionOf } from '../upstream/hypercore-peer.ts'
import type { Address } from '../upstream/hyperdht.ts'
import { payloadReceived } from '../upstream/hyperswarm-connection.ts'
import { announceDelay, endsOf, isToldAll } from './announce-delay.ts'
import { AnnouncementBuffer } from './announcements.ts'
import type { FeedPeer } from './candidate.ts'
import { FeedChannel } from './channel.ts'
import type { Follower } from './follower.ts'
import type { Keeping } from './keeping.ts'
import type { KeptWord } from './kept-word.ts'
import { type Ack, NO_PATH, type Subscribe, UNSUBSCRIBE } from './messages.ts'
import type { Challenge, Rival } from './rival-messages.ts'
import type { RivalPeer, RivalSearch } from './rivals.ts'
import type { Sender } from './sender.ts'
import type { SignatureAnswers } from './signature-answer.ts'
import type { Want } from './signature-messages.ts'
import type { SignaturePeer, SignatureSearch } from './signature-search.ts'

/** A peer that speaks the feed opens its side of the channel within this time. */
const OPEN_TIMEOUT_MS = 2000

/** What a link shares with all others of its feed. */
export interface LinkContext {
  readonly core: Hypercore
  /** null at the writer. */
  readonly follower: Follower | null
  readonly rivals: RivalSearch
  readonly keeping: Keeping
  readonly answers: SignatureAnswers
  /** null at the writer. */
  readonly signatures: SignatureSearch<Link> | null
  /** Whether some peer speaks the feed may have changed. */
  onchange(): void
}

/** The feed with one peer: serves that peer, and passes on to the follower what the peer sends. */
export class Link implements FeedPeer, RivalPeer, SignaturePeer {
  readonly peer: Peer
  readonly #channel: FeedChannel
  readonly #sender: Sender
  #announcements: AnnouncementBuffer | null = null
  #hops = NO_PATH
  #toldHops: number | null = null
  readonly #keeping: Keeping
  #heard: KeptWord | null = null
  #toldKept: KeptWord | null = null
  readonly #onforged: () => void
  #unsupported = false

  /** Opens `channel`; `onclose` is called when it closes. */
  constructor(
    peer: Peer,
    channel: FeedChannel,
    sender: Sender,
    { core, follower, rivals, keeping, answers, signatures, onchange }: LinkContext,
    onclose: () => void
  ) {
    this.peer = peer
    this.#channel = channel
    this.#sender = sender
    this.#keeping = keeping
    this.#onforged = () => follower?.accuse(this, 'passed on what the writer did not say')
    const timer = setTimeout(() => {
      this.#unsupported = !channel.opened
      onchange()
    }, OPEN_TIMEOUT_MS)
    channel.open({
      onopen: () => {
        this.#announcements = new AnnouncementBuffer(peer, core.fork, {
          delay: (sinceTold) => announceDelay({ ...endsOf(follower, this.#hops), sinceTold }),
          isToldAll: () => isToldAll(endsOf(follower, this.#hops))
        })
        this.sendHops(follower?.hops ?? 0)
        rivals.onopen(this)
        follower?.add(this)
        void signatures?.look()
        onchange()
      },
      onclose: () => {
        clearTimeout(timer)
        this.#announcements?.close()
        this.#announcements = null
        sender.stop()
        follower?.remove(this)
        onclose()
        onchange()
      },
      onhops: (hops) => {
        const previousHops = this.#hops
        this.#hops = hops
        // a peer that has lost its path chooses another source by what is announced
        this.#announcements?.flush()
        follower?.onhops(this, previousHops)
      },
      onkept: (word) => {
        this.#heard = word
        this.takeWord()
      },
      onsubscribe: (message) => void sender.subscribe(message),
      onack: (message) => sender.ack(message),
      onbegin: (message) => follower?.onbegin(this, message),
      onbatch: (message) => follower?.onbatch(this, message),
      onrefuse: (message) => follower?.onrefuse(this, message),
      onchallenge: (message) => rivals.onchallenge(this, message),
      onrival: (message) => rivals.onrival(this, message),
      onwant: (message) => void answers.answer(message).then((answer) => channel.signed(answer)),
      onsigned: (message) => signatures?.onsigned(this, message),
      onunreadable: (err) => follower?.accuse(this, `sent what cannot be read: ${err.message}`)
    })
  }

  /** Whether the peer has yet to say whether it speaks the feed. */
  get opening(): boolean {
    return !this.#channel.opened && !this.#unsupported
  }

  /** Whether the peer speaks the feed. */
  get opened(): boolean {
    return this.#channel.opened
  }

  get hops(): number {
    return this.#hops
  }

  get followsUs(): boolean {
    return this.#sender.active
  }

  get received(): number {
    return payloadReceived(connectionOf(this.peer))
  }

  get seemsDead(): boolean {
    return seemsDead(connectionOf(this.peer))
  }

  get isSilent(): boolean {
    return isSilent(connectionOf(this.peer))
  }

  askForLife(): void {
    askForLife(connectionOf(this.peer))
  }

  get address(): Address {
    return addressOf(this.peer)
  }

  /** Tells the peer how far we are from the writer, unless it knows, and what we hold by now. */
  sendHops(hops: number): void {
    this.#announcements?.flush()
    if (hops === this.#toldHops) return
    this.#toldHops = hops
    this.#sendStatus(hops)
  }

  /** Passes on to the peer which blocks the writer keeps, unless it knows. */
  sendKept(): void {
    const hops = this.#toldHops
    if (hops !== null && this.#keeping.word !== this.#toldKept) this.#sendStatus(hops)
  }

  /** Takes what the peer passed on, where there is no later word: it may have come before its time. */
  takeWord(): void {
    if (this.#heard !== null && this.#keeping.take(this.#heard) === 'forged') this.#onforged()
  }

  #sendStatus(hops: number): void {
    this.#toldKept = this.#keeping.word
    this.#channel.status({ hops, kept: this.#toldKept })
  }

  subscribe(message: Subscribe): void {
    this.#channel.subscribe(message)
  }

  unsubscribe(): void {
    this.#channel.subscribe(UNSUBSCRIBE)
  }

  ack(message: Ack): void {
    this.#channel.ack(message)
  }

  challenge(message: Challenge): void {
    this.#channel.challenge(message)
  }

  rival(message: Rival): void {
    this.#channel.rival(message)
  }

  want(message: Want): void {
    this.#channel.want(message)
  }

  /** Sends what the window allows of a log that has grown. */
  pump(): void {
    this.#sender.pump()
  }

  /** Refuses to go on with a log that was truncated. */
  refuse(): void {
    this.#sender.refuse()
  }

  close(): void {
    this.#sender.stop()
    this.#channel.close()
  }
}
