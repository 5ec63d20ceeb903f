import type { Hypercore, Peer } from 'hypercore'
import { isForgery } from '../upstream/hypercore-errors.ts'
import { type Messages, type Receiver, interceptReceived } from '../upstream/hypercore-messages.ts'
import { assertPeer, isPaused, remoteLogOf, requestsOpen } from '../upstream/hypercore-peer.ts'
import { onInvalidData } from '../upstream/hypercore-replicator.ts'
import { settledFork } from '../upstream/hypercore-store.ts'
import { answersTo } from './answers.ts'
import { FarBlocks } from './far-blocks.ts'
import { TokenBucket } from './rate-limit.ts'
import { RequestQueue } from './request-queue.ts'

/** No log is as long: at a thousand blocks a second it would take 35 years. */
const MAX_LENGTH = 2 ** 40
/** A peer may claim this many forks in a row that were not proven to us. */
const MAX_FORKS = 64
/** A peer may have this many requests open. */
const MAX_REQUESTS = 4096

/** A writer that signed two logs with one key is told from a lie within this time. */
const CONFLICT_GRACE_MS = 2000

/** What a message costs, where a small one costs 1: an answer of some size, or signatures to verify. */
const WANT_COST = 50
const BITFIELD_COST = 10
const HASH_COST = 10
const UNASKED_COST = 100
/** As many blocks are marked as held at the cost of a small message: 50 million at once are too many. */
const BLOCKS_PER_TOKEN = 2 ** 10

/** Ends the connection with a peer that `reason`; for good where `ban` says that it cannot be honest. */
export type Drop = (peer: Peer, reason: string, opts: { ban: boolean }) => void

/** What a filter tells. */
interface FilterEvents {
  /** A peer overstepped; `ban` is false where an honest peer under load could do the same. */
  readonly onoffence: Drop
  /** Hypercore asks a peer for nothing more on this connection, for what may be no peer's fault. */
  onmishap(peer: Peer): void
}

/**
 * Bounds what a holder of the key can ask of Hypercore's replication, which does whatever it is told:
 * a `range` or `bitfield` far out takes memory for every block up to it and may never come to an end,
 * every fork in a `sync` is remembered, every request is begun at once, and there may be any number of
 * each (hypercore 11.37, lib/remote-bitfield.js and lib/replicator.js). A peer that oversteps is
 * told of, and nothing more that it sends is looked at.
 */
export function filterMessages(core: Hypercore, events: FilterEvents): void {
  const filters = new Map<Peer, MessageFilter>()
  core.on('peer-add', (peer) => {
    assertPeer(peer)
    filters.set(peer, new MessageFilter(core, peer, events))
  })
  core.on('peer-remove', (peer) => {
    filters.get(peer)?.end()
    filters.delete(peer)
  })
  core.on('append', () => {
    for (const filter of filters.values()) filter.askAgain()
  })
  // a fork that was claimed has been proven
  core.on('truncate', () => {
    for (const filter of filters.values()) filter.resetForks()
  })
  onInvalidData(core, (err, message, peer) => filters.get(peer)?.suspect(err, message))
}

/** Checks each replication message of one peer before Hypercore sees it. */
class MessageFilter {
  readonly #core: Hypercore
  readonly #peer: Peer
  readonly #events: FilterEvents
  readonly #bucket = new TokenBucket()
  readonly #requests = new RequestQueue<Messages['request']>()
  readonly #farBlocks: FarBlocks
  /** The fork of our log as each message of data came. */
  readonly #forkAt = new WeakMap<object, number>()
  /** Forks that the peer has claimed since the last one was proven. */
  #forks = 0
  /** Whether the peer has sent what failed to verify, and is judged soon. */
  #suspected = false
  #ended = false

  constructor(core: Hypercore, peer: Peer, events: FilterEvents) {
    this.#core = core
    this.#peer = peer
    this.#events = events
    const farBlocks = new FarBlocks(core, peer)
    this.#farBlocks = farBlocks
    interceptReceived(peer, {
      range: this.#checked(
        (range) => 1 + markedBy(range) / BLOCKS_PER_TOKEN,
        ({ start, length, drop }) => (start === 0 && !drop ? null : tooLong(start + length)),
        (range) => markedBy(range) === 0 || farBlocks.inReach(range.start, range.length)
      ),
      bitfield: this.#checked(
        BITFIELD_COST,
        ({ start, bitfield }) => tooLong(start + bitfield.byteLength * 8),
        ({ start, bitfield }) => farBlocks.inReach(start, bitfield.byteLength * 8)
      ),
      sync: this.#checked(1, ({ fork }) =>
        fork <= core.fork || fork === remoteLogOf(peer).fork || ++this.#forks <= MAX_FORKS
          ? null
          : `claimed ${this.#forks} forks`
      ),
      data: this.#checked(
        ({ request, fork }) => (request === 0 || fork > core.fork ? UNASKED_COST : 0),
        (message) => {
          this.#forkAt.set(message, core.fork)
          return null
        }
      ),
      want: this.#checked(WANT_COST),
      unwant: this.#checked(1),
      noData: this.#refused(this.#checked(1)),
      extension: this.#checked(1),
      cancel: this.#checked(1, ({ request }) => {
        this.#requests.cancel(request)
        return null
      }),
      request: this.#queued(
        this.#checked(({ hash }) => (hash === null ? 0 : HASH_COST)),
        answersTo(core, peer)
      )
    })
  }

  #checked<T>(
    cost: number | ((message: T) => number),
    fault: (message: T) => string | null = () => null,
    isTimely: (message: T) => boolean = () => true
  ): Receiver<T> {
    return (message, handle) => {
      if (this.#ended) return null
      const reason = fault(message)
      if (reason !== null) return this.reject(reason, { ban: true })
      if (!this.#bucket.tryTake(typeof cost === 'number' ? cost : cost(message))) {
        return this.reject('sent more messages than a peer needs', { ban: false })
      }
      return isTimely(message) ? handle(message) : null
    }
  }

  // a few at a time, of those that pass `check`
  #queued(
    check: Receiver<Messages['request']>,
    answer: Receiver<Messages['request']>
  ): Receiver<Messages['request']> {
    return (message, handle) => {
      return check(message, (checked) => {
        if (this.#requests.size + requestsOpen(this.#peer) < MAX_REQUESTS) {
          return this.#requests.add(checked, (request) => answer(request, handle))
        }
        return this.reject(`asked for ${MAX_REQUESTS} blocks at once`, { ban: false })
      })
    }
  }

  reject(reason: string, opts: { ban: boolean }): null {
    if (this.#ended) return null
    this.end()
    this.#events.onoffence(this.#peer, reason, opts)
    return null
  }

  // a peer whose log has become another refuses all that it was asked for: Hypercore asks it no more
  #refused<T>(receive: Receiver<T>): Receiver<T> {
    return async (message, handle) => {
      await receive(message, handle)
      if (isPaused(this.#peer) && !this.#suspected) this.#leave()
    }
  }

  /** The peer has sent `message`, which failed to verify: ends with it once a conflict would have been told. */
  suspect(err: Error, message: object): void {
    this.#suspected = true
    setTimeout(() => void this.#judge(err, message), CONFLICT_GRACE_MS)
  }

  // while our log is truncated, its tree on the disk is another than the one the message was made for
  async #judge(err: Error, message: object): Promise<void> {
    const fork = await settledFork(this.#core)
    if (!this.#core.readable) return
    const stands = fork === this.#forkAt.get(message)
    if (stands && isForgery(err)) this.reject('sent what the writer did not sign', { ban: true })
    else this.#leave()
  }

  #leave(): void {
    if (this.#ended) return
    this.end()
    this.#events.onmishap(this.#peer)
  }

  resetForks(): void {
    this.#forks = 0
  }

  /** Our log has become longer. */
  askAgain(): void {
    if (!this.#ended) this.#farBlocks.askAgain()
  }

  /** Lets nothing more through. */
  end(): void {
    this.#ended = true
    this.#requests.clear()
  }
}

/** How many blocks Hypercore marks one by one as held: all from the first one on are a number to it. */
function markedBy({ start, length, drop }: Messages['range']): number {
  return drop || start === 0 ? 0 : length
}

function tooLong(end: number): string | null {
  return end <= MAX_LENGTH ? null : `spoke of block ${end}`
}
