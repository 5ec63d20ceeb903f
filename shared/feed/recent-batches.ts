import type { Hypercore } from 'hypercore'
import { type Batch, MAX_BLOCKS, MAX_BYTES, WINDOW_BYTES } from './messages.ts'

/** Batches of a line or two that are kept: what they were cut from stays with them. */
const MOST_BATCHES = 16
/** A peer that is further behind is served from the store; each block is an object that is kept. */
const MOST_BLOCKS = 4 * MAX_BLOCKS

/** A batch before it is sent: the same for every subscription. */
export type SignedBlocks = Omit<Batch, 'id'>

interface Recent extends SignedBlocks {
  end: number
  bytes: number
}

/**
 * What a log grew by last, in memory: a peer that follows live gets the batch that was appended, with
 * its signature, and nothing is read back from the store.
 */
export class RecentBatches {
  #batches: Recent[] = []
  #bytes = 0
  #blocks = 0
  /** Called once a batch was added. */
  onadded: () => void = () => {}

  constructor(core: Hypercore) {
    core.on('truncate', () => this.#clear())
  }

  /** Takes a batch by which the log has grown. One that is longer than a message is read back. */
  add({ start, signature, blocks }: SignedBlocks): void {
    const bytes = blocks.reduce((sum, block) => sum + block.byteLength, 0)
    const end = start + blocks.length
    if (this.#batches.at(-1)?.end !== start) this.#clear()
    this.#batches.push({ start, end, signature, blocks, bytes })
    this.#bytes += bytes
    this.#blocks += blocks.length
    while (this.#exceeds()) {
      const oldest = this.#batches.shift()
      this.#bytes -= oldest?.bytes ?? 0
      this.#blocks -= oldest?.blocks.length ?? 0
    }
    this.onadded()
  }

  /** The longest batch from block `start` on that a message can hold; null where it is not here. */
  read(start: number): SignedBlocks | null {
    const first = this.#batches.findIndex((batch) => batch.start <= start && start < batch.end)
    let read: SignedBlocks | null = null
    let left = MAX_BYTES
    for (const batch of first === -1 ? [] : this.#batches.slice(first)) {
      const blocks = batch.start < start ? batch.blocks.slice(start - batch.start) : batch.blocks
      const { signature } = batch
      left -= batch.bytes
      if (read === null) {
        if (blocks.length > MAX_BLOCKS || (left < 0 && blocks.length > 1)) return null
        read = { start, signature, blocks }
      } else {
        if (read.blocks.length + blocks.length > MAX_BLOCKS || left < 0) break
        read = { start, signature, blocks: [...read.blocks, ...blocks] }
      }
    }
    return read
  }

  #exceeds(): boolean {
    const { length } = this.#batches
    return length > MOST_BATCHES || this.#blocks > MOST_BLOCKS || this.#bytes > WINDOW_BYTES
  }

  #clear(): void {
    this.#batches = []
    this.#bytes = 0
    this.#blocks = 0
  }
}
