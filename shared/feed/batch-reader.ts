import type { Hypercore } from 'hypercore'
import { readBlocks, settledFork } from '../upstream/hypercore-store.ts'
import { blocksWithin } from './block-budget.ts'
import type { Keeping } from './keeping.ts'
import { MAX_BLOCKS, MAX_BYTES } from './messages.ts'
import type { LogMemory } from './memory.ts'
import type { SignedBlocks, RecentBatches } from './recent-batches.ts'
import type { SignedLengths } from './signed-lengths.ts'

/**
 * Gets the signed batch that begins at a block, once for all the peers that ask for the same: from
 * memory where the log has just grown by it, else from the store.
 */
export class BatchReader {
  readonly #core: Hypercore
  readonly #signedLengths: SignedLengths
  readonly #recent: RecentBatches
  readonly #keeping: Keeping
  #last: { start: number; length: number; batch: Promise<SignedBlocks | null> } | null = null

  constructor(core: Hypercore, { signedLengths, recent, keeping }: LogMemory) {
    this.#keeping = keeping
    this.#core = core
    this.#signedLengths = signedLengths
    this.#recent = recent
    core.on('truncate', () => {
      this.#last = null
    })
  }

  /** The next batch from block `start`, where it is in memory. */
  recent(start: number): SignedBlocks | null {
    return this.#recent.read(start)
  }

  /** The same from the store; null where this peer has no block or signature for it. */
  read(start: number): Promise<SignedBlocks | null> {
    const { length } = this.#core
    if (this.#last?.start === start && this.#last.length === length) return this.#last.batch
    const last = { start, length, batch: this.#read(start) }
    this.#last = last
    // a block or signature that is missing now may come yet
    const forget = (): void => {
      if (this.#last === last) this.#last = null
    }
    last.batch.then((batch) => batch ?? forget(), forget)
    return last.batch
  }

  async #read(start: number): Promise<SignedBlocks | null> {
    const { fork } = this.#core
    try {
      return start < this.#keeping.first ? null : await this.#readKept(start)
    } catch (err) {
      const rewound = (await settledFork(this.#core)) !== fork
      // it has gone meanwhile
      if (rewound || start < this.#keeping.first) return null
      throw err
    }
  }

  async #readKept(start: number): Promise<SignedBlocks | null> {
    const { fork, length } = this.#core
    const end = await batchEnd(this.#core, start, length)
    const signed = await this.#signedLengths.within(start, end)
    const blocks = signed && (await this.#blocks(start, signed.length))
    if (signed === null || blocks === null || fork !== this.#core.fork) return null
    return { start, signature: signed.signature, blocks }
  }

  async #blocks(start: number, end: number): Promise<Uint8Array[] | null> {
    const blocks: Uint8Array[] = []
    for (const block of await readBlocks(this.#core, start, end)) {
      if (block === null) return null
      blocks.push(block)
    }
    return blocks
  }
}

/** Where the batch of `core` from block `start` on ends at the latest, no later than at `upTo`. */
export async function batchEnd(core: Hypercore, start: number, upTo: number): Promise<number> {
  const end = Math.min(upTo, start + MAX_BLOCKS)
  // the only signature that a relay has may be that of the longest batch
  const enough = core.writable ? MAX_BYTES / 2 : Infinity
  return start + (await blocksWithin(core, { start, end, bytes: MAX_BYTES, enough }))
}
