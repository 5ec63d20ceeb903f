import type { Hypercore, Peer } from 'hypercore'
import { claimOf, isOutdone } from '../feed/claim.ts'
import type { FollowerEvents } from '../feed/events.ts'
import { type FollowedFeed, followFeed } from '../feed/feed.ts'
import type { OwnKeeping } from '../feed/keeping.ts'
import type { Start } from '../feed/start.ts'
import type { Drop } from '../limits/message-filter.ts'
import { onManifest, setEagerUpgrade } from '../upstream/hypercore-replicator.ts'
import { manifestOf } from '../upstream/hypercore-tree.ts'
import { BlockReader } from './block-reader.ts'
import { contradictionIn, interceptRoots } from './copy-check.ts'
import type { FollowEvents } from './follow-events.ts'
import { ForkSearch } from './fork-search.ts'
import { sayFarewell } from './handover.ts'
import { isHeld, nextHeld, peersOnFork } from './holders.ts'
import { LogEnd } from './log-end.ts'
import type { OverlayFeed } from './overlay.ts'
import { guardReading } from './rewind-guard.ts'
import type { Step } from './steps.ts'
import { detectStalls } from './stall-detector.ts'

/** A copy that is new is told the manifest by the first peer that has blocks. */
const MANIFEST_TIMEOUT_MS = 5000
/** Why a peer is dropped that was asked for what it claims, and is silent. */
export const NOT_SENT = 'claims blocks and does not send them'
const SIGNED_TWICE =
  'holds other blocks than we do, signed with the same key: its writer has to choose, with --accept-loss'

/**
 * How a copy becomes longer: by the feed alone, or by Hypercore's own replication too. A batch of the
 * feed applies only to a log that ends where the batch begins, so the second is for a time in which
 * no batch is to be expected.
 */
type Mode = 'feed' | 'plain'

/**
 * The log of another, as it grows: by its feed where a peer serves one, else, and for all blocks that
 * an earlier run skipped, by Hypercore's own replication. Both extend the copy at the same time only
 * where the feed is silent and a peer claims to have more; the one that comes second begins anew.
 */
export class FollowedLog {
  readonly #core: Hypercore
  readonly #reader: BlockReader
  readonly #feed: FollowedFeed
  readonly #logEnd: LogEnd
  readonly #stopDetecting: () => void
  /** Whether it is known which block comes first: before, nothing is fetched that may not be wanted. */
  #started: boolean

  constructor(
    core: Hypercore,
    start: Start,
    events: FollowEvents,
    drop: Drop,
    keeping: OwnKeeping | null = null
  ) {
    this.#core = core
    this.#started = 'from' in start
    this.#reader = new BlockReader(core, 'from' in start ? start.from : 0, () => events.standing())
    this.#logEnd = new LogEnd(core)
    const feedEvents: FollowerEvents = {
      onkept: (first) => this.#reader.gone.keptFrom(first),
      ondelivery: (delivery) => this.#reader.deliver(delivery),
      onchange: () => this.#applyMode(),
      onend: (end) => this.#logEnd.tell(end),
      onoffence: (peer, reason) => drop(peer, reason, { ban: true }),
      onhops: (peer, hops) => {
        this.#logEnd.noteHops(peer, hops)
        events.onhops(peer, hops)
      },
      onerror: (err) => events.onerror(err)
    }
    this.#feed = followFeed(core, start, feedEvents, keeping)
    core.on('peer-add', (peer) => {
      interceptRoots(peer, async (roots) => {
        const found = await contradictionIn(core, roots)
        if (found?.is === 'different') drop(peer, SIGNED_TWICE, { ban: true })
        this.#logEnd.proves(peer, found?.fork === core.fork ? found.length : 0)
      })
      this.#applyMode()
    })
    core.on('truncate', () => this.#applyMode())
    new ForkSearch(core, {
      keptOn: (fork) => this.#feed.keptOn(fork),
      mayDrop: (start, end) => this.#hasRead(end) && events.mayDrop(start, end)
    })
    guardReading(core, this.#reader, (err) => events.onerror(err))
    onManifest(core, () => events.onmanifest())
    this.#stopDetecting = detectStalls(core, {
      waiting: () => this.#reader.waiting || this.#awaitsPlain(),
      onstall: (peer) => drop(peer, NOT_SENT, { ban: false }),
      onerror: (err) => events.onerror(err)
    })
    this.#applyMode()
  }

  /**
   * Resolves to where the log ends, or to null where no peer answers within `timeout` milliseconds, 5 s
   * without it. `everyoneMet` resolves once every peer that the swarm knows was met.
   */
  findEnd(everyoneMet: Promise<unknown>, timeout?: number): Promise<number | null> {
    return this.#logEnd.find(this.#feed, everyoneMet, timeout)
  }

  /** Resolves to where the log ends by the peers that claim more than `end`, as far as these prove it in 2 s. */
  furthestEnd(end: number): Promise<number> {
    return this.#logEnd.furthest(end)
  }

  /** Resolves once the manifest of the log is known, by which it is told to be private, or after 5 s. */
  async manifestKnown(): Promise<void> {
    if (manifestOf(this.#core) !== null) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, MANIFEST_TIMEOUT_MS)
      onManifest(this.#core, () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** Says which block comes first, where that was left to the end of the log. */
  startAt(position: number): void {
    this.#started = true
    this.#feed.startAt(position)
    this.#reader.startAt(position)
    this.#applyMode()
  }

  /** Says that the last block is the one before `end`. */
  stopAt(end: number): void {
    this.#reader.endAt(end)
  }

  /** The blocks in order, live; asking for more says that the last ones were taken. */
  blocks(): AsyncGenerator<Step> {
    return this.#reader.blocks()
  }

  /** What the overlay is to know of the peers. */
  get feed(): OverlayFeed {
    return this.#feed
  }

  /** Connections between us and the writer along the feed; NO_PATH while there is no path. */
  get hops(): number {
    return this.#feed.hops
  }

  /** Where the log ends by what we hold and by what peers claim of it as it is now. */
  get claimedEnd(): number {
    const { length, fork, peers } = this.#core
    const claims = peers.map(claimOf).filter(({ claimedFork }) => claimedFork === fork)
    return Math.max(length, ...claims.map(({ claimedLength }) => claimedLength))
  }

  /** The block that comes next. */
  get next(): number {
    return this.#reader.position
  }

  /** The block that comes next, where no peer here holds it; null where one does. */
  get nextMissing(): number | null {
    const { next } = this
    return isHeld(peersOnFork(this.#core), next) ? null : next
  }

  /**
   * The block that is waited for, where no peer that is connected has told of it, and the first after it
   * that one has; null where it may come.
   */
  get beyondReach(): { missing: number; next: number } | null {
    const missing = this.nextMissing
    if (missing === null || !this.#reader.waiting) return null
    const next = nextHeld(peersOnFork(this.#core), missing)
    return next === Infinity ? null : { missing, next }
  }

  /** Whether no peer claims to have more than the blocks before `end`. */
  holdsAll(end: number): boolean {
    return this.#core.peers.every((peer) => claimOf(peer).claimedLength <= end)
  }

  /** Reads and follows no more, then tells the peers what we hold, and ends the connections. */
  async close(): Promise<void> {
    this.#stopDetecting()
    this.#logEnd.close()
    this.#reader.close()
    await this.#feed.close()
    await sayFarewell(this.#core)
  }

  #applyMode(): void {
    const mode = this.#mode
    setEagerUpgrade(this.#core, mode === 'plain')
    if (mode === 'plain') this.#core.update({ wait: true }).catch(() => {})
  }

  // whether nothing that is here, and was asked for, is still to be read before block `end`
  #hasRead(end: number): boolean {
    const { waiting, position } = this.#reader
    return !this.#started || waiting || position >= end
  }

  get #mode(): Mode {
    return this.#started && !this.#feed.suffices ? 'plain' : 'feed'
  }

  // what a peer claims is asked of it by plain replication alone
  #awaitsPlain(): boolean {
    return this.#mode === 'plain' && isOutdone(this.#core)
  }
}
