import type { Hypercore, Peer } from 'hypercore'
import { isForgery } from '../upstream/hypercore-errors.ts'
import { type Messages, type Receiver, interceptReceived } from '../upstream/hypercore-messages.ts'
import { remoteLogOf, requestsOpen } from '../upstream/hypercore-peer.ts'
import { onInvalidData } from '../upstream/hypercore-replicator.ts'
import { TokenBucket } from './rate-limit.ts'
import { RequestQueue } from './request-queue.ts'

/** A peer may speak of blocks this far beyond the end of the log that the writer has signed. */
const MAX_AHEAD = 2 ** 26
/** A peer may claim this many forks in a row of which none was proven. */
const MAX_FORKS = 64
/** A peer may have this many requests open. */
const MAX_REQUESTS = 4096

/** Within this time Hypercore tells two logs with one key from forged data. */
const CONFLICT_TIMEOUT_MS = 2000

/** What a message costs beside a small one: an answer of some size, or signatures to verify. */
const WANT_COST = 50
const BITFIELD_COST = 10
const UNASKED_COST = 100

/** Takes the reason why a peer is dropped, and whether it can't be honest and is to be banned. */
type Reject = (reason: string, opts: { ban: boolean }) => void

/**
 * Hypercore's replication does what any holder of the key asks for in these messages, whatever it
 * costs: a `range` or `bitfield` far out takes memory for every block up to it and may never come to
 * an end, every fork in a `sync` is remembered, every request is begun at once, and there may be any
 * number of each (hypercore 11.37, lib/remote-bitfield.js and lib/replicator.js). Here they are
 * bounded; a peer that oversteps is handed to `onoffence`, and its later messages are left alone.
 * `ban` is false where an honest peer under load could do the same.
 */
export function guardReplication(
  core: Hypercore,
  onoffence: (peer: Peer, reason: string, opts: { ban: boolean }) => void
): void {
  const filters = new Map<Peer, MessageFilter>()
  core.on('peer-add', (peer) => {
    const reject: Reject = (reason, opts) => onoffence(peer, reason, opts)
    filters.set(peer, new MessageFilter(core, peer, reject))
  })
  core.on('peer-remove', (peer) => {
    filters.get(peer)?.end()
    filters.delete(peer)
  })
  // the fork that was claimed has been proven
  core.on('truncate', () => {
    for (const filter of filters.values()) filter.resetForks()
  })
  onInvalidData(core, (err, peer) => {
    setTimeout(() => {
      filters.get(peer)?.reject('sent what the writer did not sign', { ban: isForgery(err) })
    }, CONFLICT_TIMEOUT_MS)
  })
}

/** Checks each replication message of one peer before Hypercore sees it. */
class MessageFilter {
  readonly #peer: Peer
  readonly #onreject: Reject
  readonly #bucket = new TokenBucket()
  readonly #requests = new RequestQueue()
  /** Forks that the peer has claimed since the last one was proven. */
  #forks = 0
  #ended = false

  constructor(core: Hypercore, peer: Peer, onreject: Reject) {
    this.#peer = peer
    this.#onreject = onreject
    interceptReceived(peer, {
      sync: this.#check(1, ({ fork }) =>
        fork <= core.fork || fork === remoteLogOf(peer).fork || ++this.#forks <= MAX_FORKS
          ? null
          : `claimed ${this.#forks} forks`
      ),
      request: (message, handle) => this.#request(message, handle),
      cancel: this.#check(1, ({ request }) => {
        this.#requests.cancel(request)
        return null
      }),
      data: this.#check(({ request, fork }) =>
        request === 0 || fork > core.fork ? UNASKED_COST : 0
      ),
      noData: this.#check(1),
      want: this.#check(WANT_COST),
      unwant: this.#check(1),
      bitfield: this.#check(BITFIELD_COST, ({ start, bitfield }) =>
        start + bitfield.byteLength * 8 <= core.length + MAX_AHEAD
          ? null
          : `spoke of block ${start}`
      ),
      range: this.#check(1, ({ start, length, drop }) =>
        // all from the first block on is one number to Hypercore
        (start === 0 && !drop) || start + length <= core.length + MAX_AHEAD
          ? null
          : `spoke of block ${start + length}`
      ),
      extension: this.#check(1)
    })
  }

  /** Reports the peer, once, and lets none of its messages through from now on. */
  reject(reason: string, opts: { ban: boolean }): null {
    if (this.#ended) return null
    this.end()
    this.#onreject(reason, opts)
    return null
  }

  resetForks(): void {
    this.#forks = 0
  }

  /** Lets no message through from now on. */
  end(): void {
    this.#ended = true
    this.#requests.clear()
  }

  #request(
    message: Messages['request'],
    handle: (message: Messages['request']) => unknown
  ): unknown {
    if (this.#ended) return null
    if (this.#requests.size + requestsOpen(this.#peer) < MAX_REQUESTS) {
      return this.#requests.add(message.id, () => handle(message))
    }
    return this.reject(`asked for ${MAX_REQUESTS} blocks at once`, { ban: false })
  }

  /** Lets a message through for which `faultOf` finds no reason, and for which there are tokens. */
  #check<T>(
    cost: number | ((message: T) => number),
    faultOf: (message: T) => string | null = () => null
  ): Receiver<T> {
    return (message, handle) => {
      if (this.#ended) return null
      const fault = faultOf(message)
      if (fault !== null) return this.reject(fault, { ban: true })
      const enough = this.#bucket.tryTake(typeof cost === 'number' ? cost : cost(message))
      return enough ? handle(message) : this.reject('sent more than anyone needs', { ban: false })
    }
  }
}
