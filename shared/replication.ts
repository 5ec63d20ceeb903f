import type { Hypercore, Peer } from 'hypercore'
import { claimOf, isAhead } from './feed/claim.ts'
import { type FollowedFeed, followFeed } from './feed/feed.ts'
import type { Skip } from './feed/messages.ts'
import { BlockReader } from './replication/block-reader.ts'
import { LogEnd } from './replication/log-end.ts'
import { detectStalls } from './replication/stall-detector.ts'

/** Peers who may know where the log ends are waited for this long. */
const PATIENCE_MS = 5000
/** A peer that was found is given this long to answer. */
const ANSWER_MS = 2000
const POLL_MS = 50

export interface ReplicationEvents {
  /** A peer sent what no honest peer sends. */
  onmisbehaviour(peer: Peer, reason: string): void
  /** A peer claims to have blocks that it does not send. */
  onsilent(peer: Peer): void
  /** A peer has said how many connections lie between it and the writer. */
  onpeerhops?(peer: Peer, hops: number): void
  /** The local copy can't be written. */
  onerror(err: unknown): void
}

/**
 * Brings the blocks of another's log: by its feed where a peer serves one, else, and for all that
 * lies before, by Hypercore's own replication. The two extend the log at the same time only where
 * the feed is silent and somebody claims to have more; whichever comes second begins anew.
 */
export class Replication {
  readonly follow: BlockReader
  readonly #core: Hypercore
  readonly #feed: FollowedFeed
  readonly #stopWatching: () => void
  readonly #logEnd = new LogEnd()
  readonly #readers = new WeakSet<Peer>()
  #decided = false
  #timers = new Set<Timer>()

  constructor(core: Hypercore, skip: Skip, events: ReplicationEvents) {
    this.#core = core
    this.follow = new BlockReader(core, 0)
    this.#feed = followFeed(core, skip, {
      ondelivery: (delivery) => this.follow.deliver(delivery),
      onchange: () => this.#choose(),
      onend: (end) => this.#logEnd.tell(end),
      onoffence: events.onmisbehaviour,
      onerror: events.onerror,
      onhops: (peer, hops) => {
        if (hops > 0) this.#readers.add(peer)
        events.onpeerhops?.(peer, hops)
      }
    })
    core.on('peer-add', () => this.#choose())
    core.on('truncate', () => this.#choose())
    this.#stopWatching = detectStalls(core, {
      waiting: () =>
        this.follow.waiting ||
        (this.#plain && core.peers.some((peer) => isAhead(claimOf(peer), core))),
      onstall: events.onsilent,
      onerror: events.onerror
    })
    if ('from' in skip) this.startAt(skip.from)
  }

  /**
   * Finds where the log ends: by the account of a peer with a path to the writer, at once; by that
   * of any other peer that has blocks once `flushed` says that all were met; null where no peer
   * answers in time. A peer whose log is empty is no answer, since the writer
   * may be on its way, unless it holds the manifest that a writer begins with and is no reader.
   */
  async findEnd(
    flushed: Promise<unknown>,
    { follow, timeout }: { follow: boolean; timeout: number | undefined }
  ): Promise<number | null> {
    // who wants no more than what there is waits for a peer as long as they say
    const patience = follow ? PATIENCE_MS : (timeout ?? PATIENCE_MS)
    const met = this.#met(flushed, patience)
    const proven = await Promise.race([this.#logEnd.ask(), met])
    if (proven !== null) return proven
    const answer = this.#logEnd.ask()
    this.#feed.acceptAnySource()
    return (await Promise.race([answer, this.#after(ANSWER_MS)])) ?? (await this.#update())
  }

  /** Says which block comes first, and lets plain replication do what no feed does. */
  startAt(position: number): void {
    this.#feed.startAt(position)
    this.follow.startAt(position)
    this.#decided = true
    this.#choose()
  }

  async close(): Promise<void> {
    this.#stopWatching()
    for (const timer of this.#timers) clearTimeout(timer)
    this.follow.close()
    await this.#feed.close()
  }

  async #met(flushed: Promise<unknown>, patience: number): Promise<null> {
    let all = false
    void flushed.then(() => {
      all = true
    })
    const deadline = Date.now() + patience
    while (Date.now() < deadline && !this.#core.closing) {
      if (all && this.#core.peers.some((peer) => this.#answers(peer))) break
      await this.#after(POLL_MS)
    }
    return null
  }

  #answers(peer: Peer): boolean {
    const { remoteSynced, remoteLength, remoteHasManifest } = peer
    return remoteSynced && (remoteLength > 0 || (remoteHasManifest && !this.#readers.has(peer)))
  }

  async #update(): Promise<number | null> {
    if (!this.#core.peers.some((peer) => this.#answers(peer))) return null
    await Promise.race([this.#core.update({ wait: true }), this.#after(ANSWER_MS)])
    return this.#core.length
  }

  // Hypercore upgrades a log by itself as soon as a peer has a longer one; a batch of the feed
  // applies only to a log that ends where the batch begins
  #choose(): void {
    this.#core.core.replicator.eagerUpgrade = this.#plain
    if (this.#plain) this.#core.update({ wait: true }).catch(() => {})
  }

  get #plain(): boolean {
    return this.#decided && !this.#feed.suffices
  }

  #after(ms: number): Promise<null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        resolve(null)
      }, ms)
      this.#timers.add(timer)
    })
  }
}
