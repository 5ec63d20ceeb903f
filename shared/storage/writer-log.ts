import b4a from 'b4a'
import type { Hypercore } from 'hypercore'
import { appendBlocks } from '../upstream/hypercore-append.ts'
import { type Checkpoint, bootId } from './checkpoint.ts'
import { WriteAheadLog } from './wal.ts'

/** What the log has grown by, and the signature of its length since. */
export interface Grown {
  start: number
  signature: Uint8Array
  blocks: Uint8Array[]
}

/** The log that this machine writes, on disk. */
export class WriterLog {
  readonly core: Hypercore
  /** Told whenever the log has grown by an append, before its peers are. */
  ongrown: (grown: Grown) => void = () => {}
  readonly #checkpoint: Checkpoint
  readonly #wal: WriteAheadLog
  readonly #stopWatching: () => void
  readonly #hadLostBlocks: boolean
  #appending = false
  #pending: Promise<void> = Promise.resolve()

  constructor(core: Hypercore, checkpoint: Checkpoint, stopWatching: () => void) {
    this.core = core
    this.#checkpoint = checkpoint
    this.#wal = new WriteAheadLog(core)
    this.#stopWatching = stopWatching
    this.#hadLostBlocks = this.hasLostBlocks
  }

  /** The length that the log is known to have had: more than it has now where blocks were lost. */
  get knownLength(): number {
    return this.#checkpoint.state?.length ?? 0
  }

  /** Whether the log has lost blocks that were acknowledged, or a fork that readers know of. */
  get hasLostBlocks(): boolean {
    const { fork = 0, length = 0 } = this.#checkpoint.state ?? {}
    return this.core.fork < fork || (this.core.fork === fork && this.length < length)
  }

  /** How many blocks there are from the first one on. */
  get length(): number {
    return Math.min(this.core.length, this.core.contiguousLength)
  }

  /**
   * Makes the log ready to be appended to, as it is now. After a loss, and after a power cut, readers
   * may hold blocks that were never acknowledged and that are gone here: on a new fork they rewind to
   * this log, where other blocks with the same numbers would close their copies for good.
   */
  async startAppending(): Promise<void> {
    const { fork = 0, boot = '' } = this.#checkpoint.state ?? {}
    const wentDown = boot !== '' && boot !== bootId()
    if (this.#hadLostBlocks || wentDown) {
      await this.core.truncate(this.length, Math.max(this.core.fork, fork) + 1)
    }
    this.#appending = true
    await this.commit()
  }

  /** Appends `blocks`: they survive the end of this process once this resolves. */
  append(blocks: Uint8Array[]): Promise<unknown> {
    const ongrown = (signature: Uint8Array): void => {
      this.ongrown({ start: this.core.length - blocks.length, signature, blocks })
    }
    return this.#track(appendBlocks(this.core, blocks, { ongrown }))
  }

  /** Resolves to the length that the log has now, once a power cut could not shorten it. */
  commit(): Promise<number> {
    return this.#track(this.#commit(bootId()))
  }

  /** Resolves once every append and commit under way has ended, whether it succeeded or not. */
  async settled(): Promise<void> {
    await this.#pending
  }

  #track<T>(job: Promise<T>): Promise<T> {
    this.#pending = Promise.allSettled([this.#pending, job]).then(() => {})
    return job
  }

  async #commit(boot: string): Promise<number> {
    const { core } = this
    const key = b4a.toString(core.key, 'hex')
    const { fork, length } = core
    await this.#wal.sync()
    await this.#checkpoint.save({ key, fork, length, boot })
    return length
  }

  async close(): Promise<void> {
    await this.settled()
    if (this.#appending) await this.#commit('')
    this.#stopWatching()
    this.#wal.close()
    this.#checkpoint.close()
    await this.core.close()
  }
}
