import b4a from 'b4a'
import Hypercore, { type Hypercore as Core } from 'hypercore'
import { appendBlocks } from '../upstream/hypercore-append.ts'
import { PADDING } from '../upstream/hypercore-encryption.ts'
import { type Checkpoint, type CheckpointState, bootId } from './checkpoint.ts'
import { type Cipher, createCipher, writerEncryption } from './private-log.ts'
import type { Retention } from './retention.ts'
import { WriteAheadLog } from './wal.ts'

/** What the log has grown by, and the signature of its length since. */
interface Grown {
  start: number
  signature: Uint8Array
  blocks: Uint8Array[]
}

/** The log that this machine writes, on disk. */
export class WriterLog {
  readonly core: Core
  /** Whether no earlier start has left anything: nothing of it can be anywhere else. */
  readonly isNew: boolean
  /** What its blocks are encrypted with; null where everybody with its key reads them. */
  readonly encryption: Uint8Array | null
  /** How much of it is kept. */
  readonly retention: Retention
  /** Told whenever the log has grown by an append, before its peers are. */
  ongrown: (grown: Grown) => void = () => {}
  readonly #checkpoint: Checkpoint
  readonly #wal: WriteAheadLog
  readonly #cipher: Cipher | null
  #state: CheckpointState
  #hadLostBlocks = false
  #appending = false
  #pending: Promise<void> = Promise.resolve()
  /** The checkpoint is written by one at a time. */
  #saving: Promise<void> = Promise.resolve()

  constructor(core: Core, checkpoint: Checkpoint, retention: Retention) {
    this.core = core
    this.retention = retention
    this.encryption = writerEncryption(core)
    this.#cipher = this.encryption && createCipher(core.key, this.encryption)
    this.#checkpoint = checkpoint
    this.#wal = new WriteAheadLog(core)
    this.isNew = checkpoint.state === null && core.length === 0
    const key = b4a.toString(core.key, 'hex')
    this.#state = checkpoint.state ?? { key, fork: 0, length: 0, boot: '' }
    this.#hadLostBlocks = this.hasLostBlocks
  }

  /** The length that the log is known to have had: more than it has now where blocks were lost. */
  get knownLength(): number {
    return this.#state.length
  }

  /** Whether the log has lost blocks that were acknowledged, or a fork that readers know of. */
  get hasLostBlocks(): boolean {
    const { fork, length } = this.#state
    return this.core.fork < fork || (this.core.fork === fork && this.length < length)
  }

  /** Whether blocks are known to be elsewhere that have the numbers of others here. */
  get isDisputed(): boolean {
    return this.#state.disputed === true
  }

  /** Whether the log may be appended to. */
  get isAppending(): boolean {
    return this.#appending
  }

  /** Where the blocks end that there are from the first one on that is kept. */
  get length(): number {
    return this.retention.end
  }

  /** Remembers that the log once had `length` blocks on `fork`. */
  async expect(fork: number, length: number): Promise<void> {
    const { fork: known, length: before } = this.#state
    if (fork < known || (fork === known && length <= before)) return
    this.#hadLostBlocks = true
    await this.#track(this.#save({ fork, length }))
  }

  /** Remembers that blocks are elsewhere, on `fork`, that have the numbers of others here. */
  async dispute(fork: number): Promise<void> {
    await this.#track(this.#save({ disputed: true, fork: Math.max(fork, this.#state.fork) }))
  }

  /**
   * Makes the log ready to be appended to, as it is now. After a loss, after a power cut, and where it
   * is disputed, readers may hold blocks that are not here: on a new fork, which `newFork` asks for too,
   * they rewind to this log, where other blocks with the same numbers would close their copies for good.
   */
  async startAppending(newFork = false): Promise<void> {
    const { fork, boot } = this.#state
    const wentDown = boot !== '' && boot !== bootId()
    if (this.#hadLostBlocks || this.isDisputed || wentDown || newFork) {
      await this.core.truncate(this.length, forkAfter(Math.max(this.core.fork, fork)))
    }
    this.#appending = true
    this.#state = {
      ...this.#state,
      disputed: false,
      fork: this.core.fork,
      length: this.core.length
    }
    await this.retention.finish()
    await this.commit()
  }

  /**
   * Lets go of what is no longer kept, now and from now on. Resolves to how many blocks went now; a
   * failure later on, with no append under way, is told to `onerror`.
   */
  startTrimming(onerror: (err: unknown) => void): Promise<number> {
    return this.#track(this.retention.begin(() => this.core.length, onerror))
  }

  /** How many bytes a block can have. */
  get maxBlockSize(): number {
    return Hypercore.MAX_SUGGESTED_BLOCK_SIZE - (this.#cipher === null ? 0 : PADDING)
  }

  /**
   * Appends `lines`, a block each: they survive the end of this process once this resolves. To be called
   * again only then, since what a block is encrypted with depends on its number.
   */
  append(lines: Uint8Array[]): Promise<unknown> {
    const start = this.core.length
    const blocks = this.#cipher?.encrypt(start, lines) ?? lines
    const ongrown = (signature: Uint8Array): void => this.ongrown({ start, signature, blocks })
    return this.#track(this.#append(blocks, ongrown))
  }

  async #append(blocks: Uint8Array[], ongrown: (signature: Uint8Array) => void): Promise<void> {
    await appendBlocks(this.core, blocks, { ongrown })
    await this.retention.apply()
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
    const { fork, length } = this.core
    await this.#wal.sync()
    const known = this.#state
    // what is missing here stays missing
    const longest = fork === known.fork ? Math.max(length, known.length) : known.length
    await this.#save({ fork: Math.max(fork, known.fork), length: longest, boot })
    return length
  }

  #save(changes: Partial<CheckpointState>): Promise<void> {
    this.#state = { ...this.#state, ...changes }
    this.#saving = this.#saving.then(() => this.#checkpoint.save(this.#state))
    return this.#saving
  }

  async close(): Promise<void> {
    await this.settled()
    await this.retention.close()
    if (this.#appending) await this.#commit('')
    this.#wal.close()
    this.#checkpoint.close()
    await this.core.close()
  }
}

/**
 * The number of a fork that begins now, after `known`: the time of day in milliseconds, where no clock was
 * set back. Counted by one, two forks that begin from one backup would have one number, and readers of
 * the first would not rewind to the second.
 */
function forkAfter(known: number): number {
  return Math.max(known + 1, Date.now())
}
