import b4a from 'b4a'
import c from 'compact-encoding'
import type { Hypercore, Peer } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import type { Message } from 'protomux'
import type { FeedPeer } from '../feed/candidate.ts'
import { NO_PATH } from '../feed/messages.ts'
import { now } from '../limits/clock.ts'
import { isLive, seemsDead } from '../limits/dead-connections.ts'
import { canAdvise } from '../swarm/addresses.ts'
import { Dialling, LOOK_MS } from '../swarm/dialling.ts'
import {
  ADVICE,
  ADVICE_MS,
  MANY,
  type Neighbour,
  READER_PLACES,
  REPLACE_MS,
  WRITER_PLACES,
  admit,
  surplus,
  takeAdvice
} from '../swarm/overlay-policy.ts'
import {
  addressOf,
  answersOwed,
  connectionOf,
  muxOf,
  requestsOpen
} from '../upstream/hypercore-peer.ts'
import { dialAt } from '../upstream/hyperswarm.ts'
import { isOwnDial } from '../upstream/hyperswarm-connection.ts'
import { endInOrder } from './handover.ts'
import { type Advised, type Full, full } from './overlay-messages.ts'
import { SignsOfLife } from './signs-of-life.ts'

const PROTOCOL = 'overlay/1'
/** A peer that has not said by then how far it is from the writer is of an earlier version. */
const OPEN_TIMEOUT_MS = 2000

/** What the overlay asks of the feed of a log. */
export interface OverlayFeed {
  /** The peer that is followed at present. */
  readonly source: Peer | null
  /** Every peer that speaks the feed. */
  readonly links: Iterable<FeedPeer>
}

interface Member extends Neighbour {
  readonly peer: Peer
}

/**
 * Keeps the number of peers of one log within bounds in a crowd: has a reader dial a few, and turns away
 * who comes when there is no place, with advice whom to ask instead.
 */
export class Overlay {
  readonly #swarm: Hyperswarm
  readonly #core: Hypercore
  readonly #feed: OverlayFeed
  readonly #dialling: Dialling
  readonly #places: number
  readonly #channels = new Map<Peer, Message<Full>>()
  readonly #metAt = new WeakMap<Peer, number>()
  readonly #leaving = new WeakSet<Peer>()
  readonly #signsOfLife = new SignsOfLife()
  readonly #timer: Timer
  #followed: number[] = []
  #replacedAt = -Infinity

  constructor(swarm: Hyperswarm, core: Hypercore, feed: OverlayFeed, places?: number) {
    this.#swarm = swarm
    this.#core = core
    this.#feed = feed
    this.#places = places ?? (core.writable ? WRITER_PLACES : READER_PLACES)
    this.#dialling = Dialling.of(swarm)
    // a writer looks for as many readers as it can have: it has one process, and they find a path by it
    if (!core.writable) this.#dialling.bound(() => this.#hops < NO_PATH)
    core.on('peer-add', this.#onadd)
    this.#timer = setInterval(() => {
      this.#dialling.look()
      const { source, links } = feed
      this.#signsOfLife.look({ all: core.peers, source, links, known: this.#dialling.known })
      if (!core.writable && core.peers.length > MANY) this.#letGo()
    }, LOOK_MS)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#dialling.close()
    this.#core.off('peer-add', this.#onadd)
  }

  readonly #onadd = (peer: Peer): void => {
    this.#metAt.set(peer, now())
    let judged = false
    const judge = (hops: number): void => {
      if (!judged) this.#judge(peer, hops < NO_PATH)
      judged = true
      clearTimeout(timer)
    }
    // what a peer of an earlier version tells is told by its feed alone
    const unknown = (): void => judge(this.#linkWith(peer)?.hops ?? 0)
    const timer = setTimeout(unknown, OPEN_TIMEOUT_MS)
    const channel = muxOf(peer).createChannel({
      protocol: PROTOCOL,
      id: this.#core.discoveryKey,
      handshake: c.uint,
      onopen: judge,
      onclose: () => {
        this.#channels.delete(peer)
        unknown()
      }
    })
    if (channel === null) return
    const onmessage = (message: Full): void => this.#onfull(peer, message)
    this.#channels.set(peer, channel.addMessage({ encoding: full, onmessage }))
    channel.open(this.#hops)
  }

  // connections between us and the writer, by what the peer that we follow claims
  get #hops(): number {
    if (this.#core.writable) return 0
    const { source } = this.#feed
    if (source === null || seemsDead(connectionOf(source))) return NO_PATH
    return Math.min(NO_PATH, (this.#linkWith(source)?.hops ?? NO_PATH) + 1)
  }

  #linkWith(peer: Peer): FeedPeer | undefined {
    for (const link of this.#feed.links) if (link.peer === peer) return link
    return undefined
  }

  #judge(newcomer: Peer, hasPath: boolean): void {
    const here = this.#core.peers.filter((peer) => !this.#leaving.has(peer))
    // those that have died keep no place, though not without end: they may only seem to have
    const peers =
      here.length > 2 * this.#places ? here : here.filter((peer) => isLive(connectionOf(peer)))
    if (!here.includes(newcomer) || peers.length <= this.#places) return
    const members = this.#members(peers.filter((peer) => peer !== newcomer))
    const mayReplace = now() - this.#replacedAt >= REPLACE_MS
    const own = isOwnDial(connectionOf(newcomer))
    const admission = admit({ peer: newcomer, hasPath, own, inUse: false, age: 0 }, members, {
      places: this.#places,
      hasPath: this.#hops < NO_PATH,
      mayReplace
    })
    if (admission.do === 'turn away') this.#turnAway(newcomer)
    if (admission.do === 'replace') {
      this.#replacedAt = now()
      this.#turnAway(admission.neighbour.peer)
    }
  }

  #members(peers: Peer[]): Member[] {
    const links = new Map([...this.#feed.links].map((link) => [link.peer, link]))
    return peers.map((peer) => {
      const { hops = NO_PATH, followsUs = false } = links.get(peer) ?? {}
      const isSource = peer === this.#feed.source
      const isAsked = requestsOpen(peer) > 0 || answersOwed(peer) > 0
      const age = now() - (this.#metAt.get(peer) ?? now())
      const own = isOwnDial(connectionOf(peer))
      return { peer, hasPath: hops < NO_PATH, own, inUse: isSource || followsUs || isAsked, age }
    })
  }

  #turnAway(peer: Peer): void {
    this.#channels.get(peer)?.send({ advice: this.#adviceFor(peer) })
    this.#leave(peer)
  }

  #letGo(): void {
    const neighbours = this.#members(this.#core.peers.filter((peer) => isLive(connectionOf(peer))))
    const { known } = this.#dialling
    const one = surplus(neighbours, { known, hasPath: this.#hops < NO_PATH }, Math.random())
    if (one !== null) this.#leave(one.peer)
  }

  // what is sent while a message is dealt with waits for the end of that
  #leave(peer: Peer): void {
    this.#leaving.add(peer)
    setTimeout(() => {
      void endInOrder([peer]).then(() => connectionOf(peer).destroy())
    }, 0)
  }

  // those who have a path, a few at random: each is asked by a part of those who are turned away
  #adviceFor(asking: Peer): Advised[] {
    const able = [...this.#feed.links].filter(
      ({ peer, hops, seemsDead }) => peer !== asking && hops < NO_PATH && !seemsDead
    )
    const advice: Advised[] = []
    while (advice.length < ADVICE && able.length > 0) {
      const [link] = able.splice(Math.floor(Math.random() * able.length), 1)
      if (link === undefined) break
      const { remotePublicKey: publicKey } = connectionOf(link.peer)
      advice.push({ publicKey, ...addressOf(link.peer) })
    }
    return advice
  }

  #onfull(peer: Peer, { advice }: Full): void {
    if (this.#leaving.has(peer)) return
    this.#dialling.turnedAway(connectionOf(peer).remotePublicKey)
    this.#leave(peer)
    this.#followed = this.#followed.filter((at) => now() - at < ADVICE_MS)
    const adviser = addressOf(peer).host
    // of a peer that is known it is known where it is
    const isKnown = (publicKey: Uint8Array): boolean =>
      this.#swarm.peers.has(b4a.toString(publicKey, 'hex'))
    const able = advice.filter(
      ({ publicKey, host, port }) => port > 0 && canAdvise(adviser, host) && !isKnown(publicKey)
    )
    if (!this.#dialling.wantsMore) return
    for (const advised of takeAdvice(able, this.#followed.length)) {
      this.#followed.push(now())
      dialAt(this.#swarm, this.#core.discoveryKey, advised)
    }
  }
}
