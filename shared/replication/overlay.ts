import b4a from 'b4a'
import c from 'compact-encoding'
import type { Hypercore, Peer } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import type { Message } from 'protomux'
import type { FeedPeer } from '../feed/candidate.ts'
import { NO_PATH } from '../feed/messages.ts'
import { Dialling } from '../swarm/dialling.ts'
import {
  ADVICE,
  type Degree,
  type Neighbour,
  admit,
  keepAlive,
  takeAdvice
} from '../swarm/overlay-policy.ts'
import { addressOf, connectionOf, muxOf } from '../upstream/hypercore-peer.ts'
import { connectionWith, dialAt, isOwnDial } from '../upstream/hyperswarm.ts'
import { type Advised, type Full, full } from './overlay-messages.ts'

const PROTOCOL = 'overlay/1'
/** How often it is looked whether more peers are needed. */
const LOOK_MS = 1000
/** A peer that has not said by then how far it is from the writer is of an earlier version. */
const OPEN_TIMEOUT_MS = 2000

/** A peer that is turned away ends the connection once it has our advice, and we do by then. */
const FAREWELL_MS = 2000

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
 * Keeps the number of peers of one log within its degree: dials while there are too few, and sends
 * away with advice who comes when there are enough.
 */
export class Overlay {
  readonly #swarm: Hyperswarm
  readonly #core: Hypercore
  readonly #degree: Degree
  readonly #feed: OverlayFeed
  readonly #dialling: Dialling
  readonly #channels = new Map<Peer, Message<Full>>()
  readonly #leaving = new WeakSet<Peer>()
  readonly #advisers = new WeakSet<Peer>()
  #followed: Uint8Array[] = []
  readonly #timer: Timer
  readonly #onadd = (peer: Peer): void => this.#add(peer)

  constructor(swarm: Hyperswarm, core: Hypercore, degree: Degree, feed: OverlayFeed) {
    this.#swarm = swarm
    this.#core = core
    this.#degree = degree
    this.#feed = feed
    this.#dialling = Dialling.of(swarm)
    core.on('peer-add', this.#onadd)
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
    this.#look()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#core.off('peer-add', this.#onadd)
  }

  // connections between us and the writer, by what the peer that we follow claims
  get #hops(): number {
    const { source, links } = this.#feed
    if (this.#core.writable) return 0
    for (const { peer, hops } of links) if (peer === source) return Math.min(NO_PATH, hops + 1)
    return NO_PATH
  }

  #look(): void {
    this.#dialling.want(this.#degree, this.#hops)
    const { peers } = this.#core
    for (const peer of peers) {
      const followed = peer === this.#feed.source
      connectionOf(peer).setKeepAlive(keepAlive(peers.length, followed))
    }
  }

  #add(peer: Peer): void {
    const timer = setTimeout(() => this.#judge(peer, NO_PATH - 1), OPEN_TIMEOUT_MS)
    const channel = muxOf(peer).createChannel({
      protocol: PROTOCOL,
      id: this.#core.discoveryKey,
      handshake: c.uint,
      onopen: (hops) => {
        clearTimeout(timer)
        this.#judge(peer, hops)
      },
      onclose: () => {
        clearTimeout(timer)
        this.#channels.delete(peer)
      }
    })
    if (channel === null) return
    this.#channels.set(
      peer,
      channel.addMessage({ encoding: full, onmessage: (message) => this.#onfull(peer, message) })
    )
    channel.open(this.#hops)
  }

  #judge(peer: Peer, hops: number): void {
    const there = this.#core.peers.filter((one) => !this.#leaving.has(one))
    if (!there.includes(peer)) return
    const members = this.#members(there.filter((one) => one !== peer))
    const own = isOwnDial(connectionOf(peer))
    const admission = admit({ peer, hops, own, inUse: false }, members, this.#degree, this.#hops)
    if (admission.do === 'turn away') this.#turnAway(peer)
    if (admission.do === 'replace') this.#turnAway(admission.neighbour.peer)
  }

  #members(peers: Peer[]): Member[] {
    const links = new Map([...this.#feed.links].map((link) => [link.peer, link]))
    return peers.map((peer) => {
      const { hops = NO_PATH, followsUs = false } = links.get(peer) ?? {}
      const inUse = followsUs || peer === this.#feed.source
      return { peer, hops, own: isOwnDial(connectionOf(peer)), inUse }
    })
  }

  #turnAway(peer: Peer): void {
    this.#leaving.add(peer)
    this.#channels.get(peer)?.send({ advice: this.#adviceFor(peer) })
    setTimeout(() => connectionOf(peer).destroy(), FAREWELL_MS)
  }

  // those who have a path, a few at random: each is asked by a part of those who are turned away
  #adviceFor(asking: Peer): Advised[] {
    const able = [...this.#feed.links].filter(({ peer, hops }) => peer !== asking && hops < NO_PATH)
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
    if (this.#advisers.has(peer)) return
    this.#advisers.add(peer)
    this.#leaving.add(peer)
    const connection = connectionOf(peer)
    connection.destroy()
    this.#dialling.turnedAway(connection.remotePublicKey)
    // what has led nowhere counts no more
    this.#followed = this.#followed.filter((key) => connectionWith(this.#swarm, key) !== undefined)
    const strangers = advice.filter(({ publicKey }) => this.#isNew(publicKey))
    for (const advised of takeAdvice(strangers, this.#followed.length)) {
      if (!this.#dialling.wantsMore) return
      this.#followed.push(advised.publicKey)
      dialAt(this.#swarm, this.#core.discoveryKey, advised)
    }
  }

  #isNew(publicKey: Uint8Array): boolean {
    if (this.#dialling.isAway(publicKey)) return false
    if (this.#followed.some((key) => b4a.equals(key, publicKey))) return false
    return connectionWith(this.#swarm, publicKey) === undefined
  }
}
