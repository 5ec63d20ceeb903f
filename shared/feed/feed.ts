import type { Hypercore, Peer } from 'hypercore'
import type { Channel } from 'protomux'
import { Allowance } from '../limits/rate-limit.ts'
import type { FeedPeer } from './candidate.ts'
import type { FollowerEvents } from './events.ts'
import { Follower } from './follower.ts'
import { News } from './announcements.ts'
import { SignedLengths } from './signed-lengths.ts'
import { BatchReader, Source } from './sender.ts'
import * as wire from './messages.ts'
import type { Skip } from './subscription.ts'
import { Verifier } from './verifier.ts'

export type { Delivery, FollowerEvents } from './events.ts'
export type { Skip } from './subscription.ts'

/** Who speaks the feed says so within this time. */
const OPEN_MS = 2000

/** How long a peer with a path to the writer may be left without news of new blocks. */
const NEWS_MS = 4000
/**
 * The same between a writer and its peers, once the blocks themselves are on their way: the writer
 * may wait for somebody to hold them, and a reader sees that its source is cut off from the writer.
 */
const WRITERS_NEWS_MS = 200

/** What a message costs beside a small one: it is told to other peers, or takes a proof to answer. */
const STATUS_COST = 10
const SUBSCRIBE_COST = 100

/** The feed's channel with one peer: it serves that peer, and may follow it. */
interface Link {
  channel: Channel
  /** Whether it has been open for so long on our side only that it will not be on the other. */
  late: boolean
  source: Source
  /** null while the channel is not open. */
  news: News | null
  sendHops(hops: number): void
}

/** What a reader wants of the feed, and wants to be told. */
type Following = {
  skip: Skip
  onchange(): void
  /** A peer has said how many connections lie between it and the writer. */
  onpeerhops?(peer: Peer, hops: number): void
} & Omit<FollowerEvents, 'onhops' | 'onsource' | 'onerror'>

/** The feed of one log: serves it to every peer, and follows it where the log is another's. */
export interface Feed {
  /** null at the writer. */
  follower: Follower | null
  /** Whether some peer has yet to say whether it speaks the feed. */
  opening(): boolean
  close(): Promise<void>
}

/**
 * Opens a feed beside `core.replicate(connection)` with every peer that Hypercore's replication has
 * let in: its handshake proves that the peer holds the key. A reader passes `follow`. `onerror` is
 * told why the log can't be read or written.
 */
export function createFeed(
  core: Hypercore,
  { onerror, follow }: { onerror(err: unknown): void; follow?: Following }
): Feed {
  const links = new Map<Peer, Link>()
  const signedLengths = new SignedLengths(core)
  const reader = new BatchReader(core, signedLengths)
  const follower =
    follow === undefined
      ? null
      : new Follower(core, new Verifier(core, signedLengths), follow.skip, {
          ...follow,
          onerror,
          onsource: follow.onchange,
          onhops: sendHops
        })

  core.on('peer-add', open)
  core.on('peer-remove', close)
  core.on('append', pump)
  core.on('truncate', stopSources)

  return {
    follower,
    opening: () => [...links.values()].some(({ channel, late }) => !channel.opened && !late),
    async close() {
      core.off('peer-add', open)
      core.off('peer-remove', close)
      core.off('append', pump)
      core.off('truncate', stopSources)
      for (const { channel, source } of links.values()) {
        source.stop()
        channel.close()
      }
      await follower?.close()
    }
  }

  function open(peer: Peer): void {
    const channel = peer.protomux.createChannel({
      protocol: wire.PROTOCOL,
      id: core.discoveryKey,
      onopen() {
        link.news = new News(peer, core.fork, () => patienceOf(candidate))
        link.sendHops(follower?.hops ?? 0)
        follower?.add(candidate)
        follow?.onchange()
      },
      onclose() {
        clearTimeout(timer)
        link.news?.close()
        link.news = null
        source.stop()
        follower?.remove(candidate)
        if (links.get(peer)?.channel === channel) links.delete(peer)
        follow?.onchange()
      }
    })
    if (channel === null) return

    const allowance = new Allowance()
    const hops = channel.addMessage<wire.Status>({
      encoding: wire.status,
      onmessage: metered(allowance, STATUS_COST, (message) => {
        const { hops: before } = candidate
        told.hops = Math.min(message.hops, wire.NO_PATH)
        // it may have lost its path, and look for another
        link.news?.tell()
        follow?.onpeerhops?.(peer, candidate.hops)
        follower?.onhops(candidate, before)
      })
    })
    const subscribe = channel.addMessage<wire.Subscribe>({
      encoding: wire.subscribe,
      onmessage: metered(allowance, SUBSCRIBE_COST, (message) => void source.subscribe(message))
    })
    const begin = channel.addMessage({
      encoding: wire.readable(wire.begin),
      onmessage(message) {
        if (message instanceof Error) follower?.onunreadable(candidate, message)
        else follower?.onbegin(candidate, message)
      }
    })
    const batch = channel.addMessage({
      encoding: wire.readable(wire.batch),
      onmessage(message) {
        if (message instanceof Error) follower?.onunreadable(candidate, message)
        else follower?.onbatch(candidate, message)
      }
    })
    const ack = channel.addMessage<wire.Ack>({
      encoding: wire.ack,
      onmessage: metered(allowance, 1, (message) => source.ack(message))
    })
    const refuse = channel.addMessage<wire.Refuse>({
      encoding: wire.refuse,
      onmessage: metered(allowance, 1, (message) => follower?.onrefuse(candidate, message))
    })

    const source = new Source(core, signedLengths, reader, {
      begin: (message) => begin.send(message),
      batch: (message) => batch.send(message),
      refuse: (message) => refuse.send(message),
      onerror
    })
    const told = { hops: wire.NO_PATH }
    const candidate: FeedPeer = {
      peer,
      get hops() {
        return told.hops
      },
      get followsUs() {
        return source.active
      },
      subscribe: (message) => subscribe.send(message),
      unsubscribe: () => subscribe.send(wire.UNSUBSCRIBE),
      ack: (message) => ack.send(message)
    }

    let sent: number | null = null
    const link: Link = {
      channel,
      late: false,
      source,
      news: null,
      sendHops(count) {
        if (count === sent) return
        sent = count
        hops.send({ hops: count })
      }
    }
    const timer = setTimeout(() => {
      link.late = true
      follow?.onchange()
    }, OPEN_MS)
    links.set(peer, link)
    channel.open()
  }

  // who has no path to the writer needs what others hold
  function patienceOf({ hops }: FeedPeer): number {
    if (hops === wire.NO_PATH) return 0
    return follower === null || hops === 0 ? WRITERS_NEWS_MS : NEWS_MS
  }

  function close(peer: Peer): void {
    links.get(peer)?.channel.close()
  }

  function pump(): void {
    for (const { source } of links.values()) source.pump()
  }

  function stopSources(): void {
    for (const { source } of links.values()) source.stop(true)
  }

  function sendHops(count: number): void {
    for (const link of links.values()) if (link.channel.opened) link.sendHops(count)
  }
}

// thrown, it ends the connection at once, and all that came in one piece with the message
function metered<T>(allowance: Allowance, cost: number, then: (message: T) => void) {
  return (message: T): void => {
    if (!allowance.take(cost)) throw new Error('more than anyone needs')
    then(message)
  }
}
