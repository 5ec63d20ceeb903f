import type { Hypercore, Peer } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import { Failure } from '../errors.ts'
import { type ServedFeed, serveFeed } from '../feed/feed.ts'
import type { FoundRival } from '../feed/rivals.ts'
import { after, within } from '../limits/clock.ts'
import type { Drop } from '../limits/message-filter.ts'
import type { WriterLog } from '../storage/writer-log.ts'
import { addressOf, heldFrom } from '../upstream/hypercore-peer.ts'
import { type Contradiction, CopyCheck } from './copy-check.ts'
import { NOT_SENT } from './followed-log.ts'
import { ForkSearch } from './fork-search.ts'
import { endInOrder, waitUntilHeld } from './handover.ts'
import { peersOnFork } from './holders.ts'
import type { OverlayFeed } from './overlay.ts'
import { recoverFromReaders } from './recovery.ts'

/** A writer asks the peers that it meets for no longer than this, before it appends. */
const ASK_TIMEOUT_MS = 3000
/** What the local network brings is there within this time, and what a reader passes on for others. */
const GRACE_MS = 500
const POLL_MS = 50

/** What serving a log tells. */
export interface ServeEvents {
  /** Blocks are missing here that were acknowledged: readers are asked for them. */
  onloss(): void
  /** Another process that wanted to write the log, at `address`, was told not to. */
  onrival(address: string): void
  /** Our own log can't be read, or no longer be written. */
  onerror(err: unknown): void
}

/** The writer's log, as it is served and made ready to be appended to. */
export class ServedLog {
  readonly #swarm: Hyperswarm
  readonly #log: WriterLog
  readonly #core: Hypercore
  readonly #events: ServeEvents
  readonly #drop: Drop
  readonly #copies: CopyCheck
  readonly #feed: ServedFeed
  /** The length of the log when the first block of this run could be appended; null before. */
  #begunAt: number | null = null
  /** Resolves once this process has given way to another one. */
  #halted: Promise<void> | null = null

  constructor(swarm: Hyperswarm, log: WriterLog, events: ServeEvents, drop: Drop) {
    this.#swarm = swarm
    this.#log = log
    this.#core = log.core
    this.#events = events
    this.#drop = drop
    this.#copies = new CopyCheck(log.core, (found, peer) => this.#onfound(found, peer))
    const feedEvents = {
      onrival: (rival: FoundRival) => this.#onrival(rival),
      onerror: (err: unknown) => events.onerror(err)
    }
    this.#feed = serveFeed(log.core, feedEvents, log.retention)
    // what is here is given up for no later fork
    new ForkSearch(log.core, { keptOn: () => 0, mayDrop: () => false })
    log.ongrown = (grown) => this.#feed.remember(grown)
  }

  /**
   * Makes the log ready to be appended to, unless it is. Peers are asked first whether they hold more
   * of it, until `everyoneMet` and all have answered, for 3 s at most; what is missing is taken back
   * from readers. Throws a Failure where that can't be had.
   */
  async prepare(everyoneMet: Promise<unknown>): Promise<void> {
    const log = this.#log
    if (log.isDisputed) throw disputed()
    if (!log.isAppending) {
      await within(this.#askPeers(everyoneMet), ASK_TIMEOUT_MS)
      if (log.hasLostBlocks) {
        this.#events.onloss()
        await recoverFromReaders(log, () => this.#feed.letGo, {
          onstall: (peer) => this.#drop(peer, NOT_SENT, { ban: false }),
          onerror: (err) => this.#events.onerror(err)
        })
      }
      // it ends in an error
      if (this.#halted) await new Promise<never>(() => {})
    }
    // what is found from here on comes too late to be taken back
    this.#begunAt = log.length
    this.#feed.begin()
    if (!log.isAppending) await log.startAppending()
  }

  /**
   * Resolves to true once one peer has held every block from `start` to before `end`, to false after
   * `timeout` milliseconds. Throws a Failure where some are kept no longer, and no peer took them in time.
   */
  async waitUntilHeld(start: number, end: number, timeout?: number): Promise<boolean> {
    const { retention } = this.#log
    const allHeld = waitUntilHeld(this.#core, () => start, end, timeout)
    // more may go meanwhile, as it becomes too old
    const first = (): number => Math.min(end, Math.max(start, retention.first))
    const restHeld = await waitUntilHeld(this.#core, first, end, timeout)
    if (!restHeld || first() === start || (await within(allHeld, GRACE_MS))) {
      return restHeld
    }
    throw letGo(first() - start)
  }

  /** What the overlay is to know of the peers. */
  get feed(): OverlayFeed {
    return this.#feed
  }

  /** How many blocks from `start` on, and before `end`, the peer holds that holds the most of them. */
  furthest(start: number, end: number): number {
    const counts = peersOnFork(this.#core).map((peer) => heldFrom(peer, start, end))
    return Math.max(0, ...counts)
  }

  close(): void {
    this.#feed.close()
  }

  // each peer is met, and lets us in, and has said what it holds
  async #askPeers(everyoneMet: Promise<unknown>): Promise<void> {
    const { connections } = this.#swarm
    const grace = after(GRACE_MS)
    await everyoneMet
    while (this.#core.readable && this.#core.peers.length < connections.size) await after(POLL_MS)
    await this.#copies.settled()
    await grace
  }

  #onfound(found: Contradiction, peer: Peer): void {
    const { host, port } = addressOf(peer)
    const begunAt = this.#begunAt
    if (found.is === 'longer' && (begunAt === null || this.#core.length === begunAt)) {
      this.#save(this.#log.expect(found.fork, found.length))
      if (begunAt !== null) this.#events.onerror(outdated(found.length, begunAt, `${host}:${port}`))
    } else {
      this.#save(this.#log.dispute(found.fork))
      this.#events.onerror(contradicted(`${host}:${port}`))
    }
  }

  // of two that have both begun one is too many, and nobody can tell which
  #onrival({ address, begun, through }: FoundRival): void {
    if (this.#begunAt !== null && !begun) return this.#events.onrival(address)
    this.#halted ??= this.#giveWay(through, address)
  }

  // The other has to be told of us before we are gone. What Protomux sends while a message is dealt with
  // waits for the end of that, so that the connection is not ended at once.
  async #giveWay(peer: Peer, address: string): Promise<void> {
    await after(GRACE_MS)
    await endInOrder([peer])
    this.#events.onerror(rivalled(address))
  }

  #save(saved: Promise<void>): void {
    saved.catch((err) => this.#events.onerror(err))
  }
}

function letGo(count: number): Failure {
  return new Failure(
    `--keep let go of ${count} blocks of this run before a peer held them: keep more, or start the reader first`
  )
}

const CAUSE = 'this log was put back from an earlier state, or another machine writes it too'
const REMEDY =
  'go on with what is here, and rewind its readers to it, with --accept-loss, once no other machine writes it'

function outdated(theirs: number, ours: number, address: string): Failure {
  return new Failure(
    `a peer at ${address} holds ${theirs} blocks of this log, and ${ours} are here: ${CAUSE}; stop that machine, and start again to take the missing blocks back`
  )
}

function contradicted(address: string): Failure {
  return new Failure(
    `a peer at ${address} holds other blocks of this log than those here: ${CAUSE}; ${REMEDY}`
  )
}

function disputed(): Failure {
  return new Failure(
    `other blocks of this log than those here were seen at a peer: ${CAUSE}; ${REMEDY}`
  )
}

function rivalled(address: string): Failure {
  return new Failure(
    `another process, at ${address}, writes this log: a log has one writer, so stop that one first, or leave the log to it`
  )
}
