import type { Hypercore, Peer } from 'hypercore'
import { claimOf, isAhead, isOutdone } from '../feed/claim.ts'
import { now } from '../limits/clock.ts'
import { askForRoots } from '../upstream/hypercore-messages.ts'
import { remoteLogOf } from '../upstream/hypercore-peer.ts'
import { FORK_TIMEOUT_MS } from './fork-search.ts'

/** A peer that knows a path to the writer is waited for this long, and any at all unless told otherwise. */
const LOG_END_TIMEOUT_MS = 5000
/** A peer that was found has this long to answer. */
const ANSWER_TIMEOUT_MS = 2000
const PEER_POLL_MS = 50
const ALONE_POLL_MS = 250

/** What is asked where the log ends: what it answers is told to `LogEnd`. */
interface Sources {
  /** Asks a peer without a path to the writer too. */
  acceptAnySource(): void
}

/** Where the log of another ends, found once. */
export class LogEnd {
  readonly #core: Hypercore
  readonly #readers = new WeakSet<Peer>()
  readonly #timers = new Set<Timer>()
  #proven: number | null = null
  #waiting: ((end: number | null) => void)[] = []
  /** The peers that were asked to prove that the log is longer, with what takes their answers. */
  readonly #asked = new Map<Peer, (length: number) => void>()

  constructor(core: Hypercore) {
    this.#core = core
  }

  /** A source has proven where the log ends; null where there is no source that could. */
  tell(end: number | null): void {
    this.#proven = end ?? this.#proven
    for (const resolve of this.#waiting.splice(0)) resolve(end)
  }

  /** A peer has said how many connections lie between it and the writer. */
  noteHops(peer: Peer, hops: number): void {
    if (hops > 0) this.#readers.add(peer)
  }

  /**
   * Resolves to where the log ends: as soon as a source with a path to the writer has proven it; else
   * by the account of any peer that has blocks, once `everyoneMet` says that all were met, or 5 s have
   * passed; null where no peer answers within `timeout` milliseconds. Of a log that is read live, sources
   * tell where it ended when we began.
   *
   * An empty peer proves nothing: the writer may still be coming. The one exception is an empty writer,
   * known by its manifest.
   */
  async find(
    sources: Sources,
    everyoneMet: Promise<unknown>,
    timeout = LOG_END_TIMEOUT_MS
  ): Promise<number | null> {
    const deadline = now() + timeout
    const patience = Promise.race([everyoneMet, this.#after(LOG_END_TIMEOUT_MS)])
    for (;;) {
      const proven = await Promise.race([this.#proof(), this.#peerMet(patience, deadline)])
      if (proven !== null) return proven
      const answer = this.#proof()
      sources.acceptAnySource()
      const told = await Promise.race([answer, this.#after(ANSWER_TIMEOUT_MS)])
      const end = told ?? (await this.#update(timeout === Infinity))
      if (end !== null || now() >= deadline || !this.#core.readable) return end
    }
  }

  /**
   * Resolves to where the log ends by what is here and by the peers that claim more than `end`, as far as these
   * prove it within 2 s: the source that has proven `end` may be behind them.
   */
  async furthest(end: number): Promise<number> {
    const { fork, length: held, peers } = this.#core
    const known = Math.max(end, held)
    const ahead = peers.filter((peer) => isAhead(claimOf(peer), { fork, length: known }))
    let furthest = known
    const answers = ahead.map((peer) => {
      return new Promise<void>((resolve) => {
        this.#asked.set(peer, (length) => {
          furthest = Math.max(furthest, length)
          resolve()
        })
        askForRoots(peer, fork, remoteLogOf(peer).length)
      })
    })
    await Promise.race([Promise.all(answers), this.#after(ANSWER_TIMEOUT_MS)])
    this.#asked.clear()
    return this.#core.fork === fork ? furthest : end
  }

  /** `peer` has proven that the log has `length` blocks, of the fork that is here; 0 where it has not. */
  proves(peer: Peer, length: number): void {
    this.#asked.get(peer)?.(length)
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #proof(): Promise<number | null> {
    if (this.#proven !== null) return Promise.resolve(this.#proven)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  // resolves once there is no patience left and a peer has an answer, or the time is over
  async #peerMet(patience: Promise<unknown>, deadline: number): Promise<null> {
    await Promise.race([patience, this.#after(deadline - now())])
    while (now() < deadline && this.#core.readable && !this.#hasAnswer()) {
      const { length } = this.#core.peers
      await this.#after(Math.min(length > 0 ? PEER_POLL_MS : ALONE_POLL_MS, deadline - now()))
    }
    return null
  }

  // Asks by plain replication. A peer that claims more than it proves may be slow: it is waited for, but not for
  // ever where the log is read live.
  async #update(isLive: boolean): Promise<number | null> {
    if (!this.#hasAnswer()) return null
    const deadline = now() + FORK_TIMEOUT_MS
    do {
      const answer = this.#core.update({ wait: true }).then(() => true)
      const answered = await Promise.race([answer, this.#after(ANSWER_TIMEOUT_MS)])
      if (this.#proven !== null) return this.#proven
      // a log that grows is longer than what was proven of it by the time that this is here
      if (!this.#isRewound() && (answered || !this.#isOutdone())) return this.#core.length
      await this.#after(PEER_POLL_MS)
    } while (now() < deadline)
    return isLive || !this.#isOutdone() ? this.#core.length : null
  }

  // whether a peer says that the log is another one by now
  #isRewound(): boolean {
    const { peers, readable, fork } = this.#core
    return readable && peers.some((peer) => remoteLogOf(peer).fork > fork)
  }

  // whether a peer says that the log is longer
  #isOutdone(): boolean {
    return this.#core.readable && isOutdone(this.#core)
  }

  #hasAnswer(): boolean {
    return this.#core.peers.some((peer) => {
      const { synced, length, hasManifest } = remoteLogOf(peer)
      return synced && (length > 0 || (hasManifest && !this.#readers.has(peer)))
    })
  }

  #after(ms: number): Promise<null> {
    return new Promise((resolve) => {
      if (ms === Infinity) return
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        resolve(null)
      }, ms)
      this.#timers.add(timer)
    })
  }
}
