import type { Hypercore } from 'hypercore'
import { now } from '../limits/clock.ts'
import { askForHoldings, firstHeld, holdsBlocks } from '../upstream/hypercore-peer.ts'
import { readBlocks } from '../upstream/hypercore-store.ts'

/** Peers that are connected say within this time whether they have a block. */
const ANSWER_MS = 2000
const POLL_MS = 50

/** Tells which blocks nobody has any more: the writer has said so, and no peer that is connected has them. */
export class GoneBlocks {
  readonly #core: Hypercore
  #kept = 0
  #closed = false
  #wake: (() => void)[] = []

  /** `onchange` is called when blocks may have gone that were there before. */
  constructor(core: Hypercore, onchange: () => void) {
    this.#core = core
    const changed = (): void => {
      this.#changed()
      onchange()
    }
    core.on('peer-add', changed)
    core.on('peer-remove', changed)
  }

  /** The writer has said that it keeps no block before `first`. */
  keptFrom(first: number): void {
    this.#kept = first
    this.#changed()
  }

  close(): void {
    this.#closed = true
    this.#changed()
  }

  /**
   * Resolves to where the blocks end that have gone from block `start` on: to `start` where that block is
   * here, where a peer has it, where the writer has not given it up, and while there is no peer to ask.
   */
  async upTo(start: number): Promise<number> {
    if (!this.#mayHaveGone(start) || this.#isHeld(start)) return start
    if (await this.#isHere(start)) return start
    for (const peer of this.#core.peers) askForHoldings(peer, start, start + 1)
    for (const deadline = now() + ANSWER_MS; ; ) {
      if (this.#closed || this.#isHeld(start)) return start
      if (now() >= deadline) break
      await new Promise<void>((resolve) => setTimeout(resolve, POLL_MS))
    }
    if (!this.#mayHaveGone(start)) return start
    const held = this.#core.peers.map((peer) => firstHeld(peer, start))
    return Math.min(this.#kept, ...held.filter((seq) => seq > start))
  }

  /** Resolves to null once it is worth asking again whether block `start` has gone. */
  async suspected(start: number): Promise<null> {
    do {
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    } while (!this.#closed && !this.#mayHaveGone(start))
    return null
  }

  #mayHaveGone(start: number): boolean {
    return start < this.#kept && this.#core.peers.length > 0
  }

  #isHeld(start: number): boolean {
    return this.#core.peers.some((peer) => holdsBlocks(peer, start, start + 1))
  }

  async #isHere(start: number): Promise<boolean> {
    return (
      (await this.#core.has(start)) || (await readBlocks(this.#core, start, start + 1))[0] !== null
    )
  }

  #changed(): void {
    for (const resolve of this.#wake.splice(0)) resolve()
  }
}

/** Blocks from `start` on, and before `end`, that are on disk though no peer is told of them. */
export async function hiddenBlocks(
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
