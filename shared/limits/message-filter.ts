import type { Hypercore, Incoming, Peer } from 'hypercore'
import { Allowance } from './rate-limit.ts'
import { isForgery } from '../upstream/hypercore-errors.ts'
import { Requests } from './request-queue.ts'

/** A peer may speak of blocks this far beyond the end of the log that the writer has signed. */
const AHEAD = 2 ** 26
/** A peer may claim this many forks in a row that nobody has proven to us. */
const FORKS = 64
/** A peer may have this many requests open. */
const REQUESTS = 4096

/** Two logs with one key are told from a lie within this time. */
const CONFLICT_MS = 2000

/** What a message costs beside a small one: an answer of some size, or signatures to verify. */
const WANT = 50
const BITFIELD = 10
const UNASKED = 100

/**
 * Hypercore's replication does what any holder of the key asks for in these messages, whatever it
 * costs: a `range` or `bitfield` far out takes memory for every block up to it and may never come to
 * an end, every fork in a `sync` is remembered, every request is begun at once, and there may be any
 * number of each (hypercore 11.37, lib/remote-bitfield.js and lib/replicator.js). Here they are
 * bounded; who oversteps is handed to `onoffence`, and nothing more that it sends is looked at.
 * `honest` says that it may have been meant well, on another day.
 */
export function guardReplication(
  core: Hypercore,
  onoffence: (peer: Peer, reason: string, opts: { honest: boolean }) => void
): void {
  const watched = new Map<Peer, Watch>()
  core.on('peer-add', (peer) => {
    watched.set(
      peer,
      new Watch(core, peer, (reason, honest) => onoffence(peer, reason, { honest }))
    )
  })
  core.on('peer-remove', (peer) => {
    watched.get(peer)?.end()
    watched.delete(peer)
  })
  // what was claimed has been proven
  core.on('truncate', () => {
    for (const watch of watched.values()) watch.forks = 0
  })
  core.on('verification-error', (err, _request, _response, peer) => {
    setTimeout(() => {
      watched.get(peer)?.offend('sent what the writer did not sign', !isForgery(err))
    }, CONFLICT_MS)
  })
}

/** What one peer says, between Protomux and Hypercore. */
class Watch {
  /** Forks that it has claimed since the last one was proven. */
  forks = 0
  readonly #onoffence: (reason: string, honest: boolean) => void
  readonly #allowance = new Allowance()
  readonly #requests: Requests<{ id: number }>
  #ended = false

  constructor(core: Hypercore, peer: Peer, onoffence: (reason: string, honest: boolean) => void) {
    this.#onoffence = onoffence
    const { wireSync, wireRequest, wireCancel, wireData, wireWant, wireBitfield, wireRange } = peer
    const { onmessage } = wireRequest
    this.#requests = new Requests((message) => onmessage(message, peer.channel))

    this.#filter(wireRange, 1, ({ start, length, drop }) =>
      // all from the first block on is one number to Hypercore
      (start === 0 && !drop) || start + length <= core.length + AHEAD
        ? null
        : `spoke of block ${start + length}`
    )
    this.#filter(wireBitfield, BITFIELD, ({ start, bitfield }) =>
      start + bitfield.byteLength * 8 <= core.length + AHEAD ? null : `spoke of block ${start}`
    )
    this.#filter(wireSync, 1, ({ fork }) =>
      fork <= core.fork || fork === peer.remoteFork || ++this.forks <= FORKS
        ? null
        : `claimed ${this.forks} forks`
    )
    this.#filter(wireData, ({ request, fork }) => (request === 0 || fork > core.fork ? UNASKED : 0))
    this.#filter(wireWant, WANT)
    this.#filter(peer.wireUnwant, 1)
    this.#filter(peer.wireNoData, 1)
    this.#filter(peer.wireExtension, 1)
    this.#filter(wireCancel, 1, ({ request }) => {
      this.#requests.cancel(request)
      return null
    })
    wireRequest.onmessage = (message) => {
      if (this.#ended) return null
      if (this.#requests.size + peer.remoteRequests.size < REQUESTS) {
        return this.#requests.add(message)
      }
      return this.offend(`asked for ${REQUESTS} blocks at once`, true)
    }
  }

  #filter<T>(
    wire: Incoming<T>,
    cost: number | ((message: T) => number),
    fault: (message: T) => string | null = () => null
  ): void {
    const { onmessage } = wire
    wire.onmessage = (message, channel) => {
      if (this.#ended) return null
      const reason = fault(message)
      if (reason !== null) return this.offend(reason, false)
      const enough = this.#allowance.take(typeof cost === 'number' ? cost : cost(message))
      return enough ? onmessage(message, channel) : this.offend('sent more than anyone needs', true)
    }
  }

  offend(reason: string, honest: boolean): null {
    if (this.#ended) return null
    this.end()
    this.#onoffence(reason, honest)
    return null
  }

  /** Lets nothing more through. */
  end(): void {
    this.#ended = true
    this.#requests.clear()
  }
}
