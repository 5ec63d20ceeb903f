import type { Hypercore } from 'hypercore'
import { after, now } from '../limits/clock.ts'
import { askForHoldings } from '../upstream/hypercore-peer.ts'
import { readBlocks } from '../upstream/hypercore-store.ts'
import { endOfRun, firstHere } from '../upstream/hypercore-trim.ts'
import { FORK_TIMEOUT_MS } from './fork-search.ts'
import { isHeld, nextHeld, peersOnFork } from './holders.ts'

/** Peers that are connected say within this time whether they have a block. */
const ANSWER_MS = 2000
const POLL_MS = 50

/** Tells which blocks nobody has any more: the writer has said so, and no peer that is connected has them. */
export class GoneBlocks {
  readonly #core: Hypercore
  #kept = 0
  #closed = false
  readonly #onchange: () => void
  /** The block that is waited for; one at a time. */
  #awaited: { start: number; resolve: (value: null) => void } | null = null
  #timer: Timer | null = null

  /** `onchange` is called when blocks may have gone that were there before. */
  constructor(core: Hypercore, onchange: () => void) {
    this.#core = core
    this.#onchange = onchange
    // what the writer keeps of the log as it is now is told anew
    core.on('truncate', () => this.keptFrom(0))
    core.on('peer-add', () => this.#changed())
    core.on('peer-remove', () => this.#changed())
  }

  /** The writer has said that it keeps no block before `first` of the log as it is now. */
  keptFrom(first: number): void {
    this.#kept = first
    this.#changed()
  }

  close(): void {
    this.#closed = true
    this.#changed()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  /** Whether block `start` may have gone: the writer has said so, and it is neither here nor at a peer. */
  suspects(start: number): boolean {
    const mayHaveGone = start < this.#kept && this.#core.peers.length > 0
    return mayHaveGone && !this.#isHeld(start) && endOfRun(this.#core, start) === start
  }

  /**
   * Resolves to where the blocks end that have gone from block `start` on: to `start` where that block is
   * on disk, where a peer has it, where the writer has not given it up, and while there is no peer to ask.
   */
  async upTo(start: number): Promise<number> {
    const hidden = await storedBlocks(this.#core, start, start + 1)
    if (hidden.length > 0) return start
    for (const peer of this.#core.peers) askForHoldings(peer, start, start + 1)
    for (const since = now(); ; ) {
      if (this.#closed || this.#isHeld(start)) return start
      if (now() >= since + (this.#mayBeHeld(start) ? FORK_TIMEOUT_MS : ANSWER_MS)) break
      await after(POLL_MS)
    }
    if (!this.suspects(start)) return start
    // a peer that was waited for in vain is waited for once
    const peers = this.#mayBeHeld(start) ? peersOnFork(this.#core) : this.#core.peers
    return Math.min(this.#kept, nextHeld(peers, start), firstHere(this.#core, start))
  }

  /** Resolves to null once it is worth asking again whether block `start` has gone. */
  suspected(start: number): Promise<null> {
    return new Promise((resolve) => {
      this.#awaited = { start, resolve }
      this.#lookLater()
    })
  }

  #isHeld(start: number): boolean {
    return isHeld(peersOnFork(this.#core), start)
  }

  // a peer on another fork may hold it on ours as well
  #mayBeHeld(start: number): boolean {
    return isHeld(this.#core.peers, start)
  }

  #changed(): void {
    this.#look()
    this.#onchange()
  }

  // no event tells that a peer has let go of a block
  #lookLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#look()
      if (this.#awaited !== null) this.#lookLater()
    }, ANSWER_MS)
  }

  #look(): void {
    const awaited = this.#awaited
    if (awaited !== null && (this.#closed || this.suspects(awaited.start))) {
      this.#awaited = null
      awaited.resolve(null)
    }
  }
}

/** The blocks from `start` on, and before `end`, that are on disk, though peers may be told of none of them. */
export async function storedBlocks(
  core: Hypercore,
  start: number,
  end: number
): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = []
  for (const block of await readBlocks(core, start, end)) {
    if (block === null) break
    blocks.push(block)
  }
  return blocks
}
