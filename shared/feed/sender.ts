import b4a from 'b4a'
import type { Hypercore } from 'hypercore'
import { now } from '../limits/clock.ts'
import { isHypercoreError } from '../upstream/hypercore-errors.ts'
import { manifestOf, proveUpgrade, rootsHere, signedEnd } from '../upstream/hypercore-tree.ts'
import type { BatchReader } from './batch-reader.ts'
import type { Keeping } from './keeping.ts'
import type { LengthHistory } from './length-history.ts'
import type { LogMemory } from './memory.ts'
import {
  type Ack,
  type Batch,
  type Begin,
  MAX_BLOCKS,
  type Refuse,
  type Subscribe,
  UNSUBSCRIBE,
  WINDOW_BATCHES,
  WINDOW_BYTES
} from './messages.ts'
import { ServingStart } from './serving-start.ts'
import { treeHash } from './tree-hash.ts'

/** What a sender may send to the one peer that it serves. */
export interface SenderChannel {
  begin(message: Begin): unknown
  batch(message: Batch): unknown
  refuse(message: Refuse): unknown
}

/** The subscription that is served. */
interface Served {
  readonly id: number
  /** The first block of the next batch. */
  next: number
  /** The batches that the peer has not acknowledged, and their bytes. */
  readonly sent: { end: number; bytes: number }[]
  bytes: number
}

/**
 * Serves one peer: answers its subscription, then sends batch after batch, the backlog first and
 * every new one as it is appended, no further ahead of its acknowledgements than the window.
 */
export class Sender {
  readonly #core: Hypercore
  readonly #start: ServingStart
  readonly #reader: BatchReader
  readonly #history: LengthHistory
  readonly #keeping: Keeping
  readonly #channel: SenderChannel
  readonly #onerror: (err: unknown) => void
  #request: Subscribe | typeof UNSUBSCRIBE | null = null
  #answering = false
  #served: Served | null = null
  #pumping = false

  constructor(
    core: Hypercore,
    { signedLengths, history, keeping }: LogMemory,
    reader: BatchReader,
    channel: SenderChannel,
    onerror: (err: unknown) => void
  ) {
    this.#core = core
    this.#start = new ServingStart(core, signedLengths, keeping)
    this.#reader = reader
    this.#history = history
    this.#keeping = keeping
    this.#channel = channel
    this.#onerror = onerror
  }

  /** Whether the peer is subscribed to us at present. */
  get active(): boolean {
    return this.#served !== null
  }

  /** Answers `request`, or the last one where several come in a row. */
  async subscribe(request: Subscribe | typeof UNSUBSCRIBE): Promise<void> {
    this.stop()
    this.#request = request
    if (!this.#answering) await this.#answerAll()
  }

  ack({ id, end }: Ack): void {
    const served = this.#served
    if (served?.id !== id) return
    const { sent } = served
    while (sent[0] && sent[0].end <= end) served.bytes -= sent.shift()?.bytes ?? 0
    this.pump()
  }

  /** Ends the subscription, as the peer wishes or because it is gone. */
  stop(): void {
    this.#served = null
  }

  /** Ends the subscription, and tells the peer so. */
  refuse(): void {
    if (this.#served !== null) this.#channel.refuse({ id: this.#served.id })
    this.stop()
  }

  /** Sends what the window allows; to be called whenever the log has grown. */
  pump(): void {
    if (this.#pumping || !this.active) return
    this.#pumping = true
    void this.#pump().then(
      () => {
        this.#pumping = false
        if (this.#ready() !== null) this.pump()
      },
      (err) => {
        this.#pumping = false
        this.refuse()
        if (this.#core.readable) this.#onerror(err)
      }
    )
  }

  async #pump(): Promise<void> {
    for (let served = this.#ready(); served !== null; served = this.#ready()) {
      const { id, next, sent } = served
      const batch = this.#reader.recent(next) ?? (await this.#reader.read(next))
      if (served !== this.#served) continue
      if (batch === null) return this.refuse()
      const bytes = batch.blocks.reduce((sum, block) => sum + block.byteLength, 0)
      served.next += batch.blocks.length
      served.bytes += bytes
      sent.push({ end: served.next, bytes })
      this.#channel.batch({ id, ...batch })
    }
  }

  // null where there is nothing to send, or where the window is full
  #ready(): Served | null {
    const served = this.#served
    if (served === null || !this.#core.readable || served.next >= this.#core.length) return null
    return served.sent.length < WINDOW_BATCHES && served.bytes < WINDOW_BYTES ? served : null
  }

  async #answerAll(): Promise<void> {
    this.#answering = true
    try {
      for (let request = this.#request; request !== null; request = this.#request) {
        await this.#answerOne(request)
      }
    } finally {
      // at once: the next request may be in the same piece as the last
      this.#answering = false
    }
  }

  async #answerOne(request: Subscribe | typeof UNSUBSCRIBE): Promise<void> {
    const asks = request !== UNSUBSCRIBE && request.fork === this.#core.fork
    const begin = asks ? await this.#tryAnswer(request) : null
    // the peer may have changed its mind meanwhile
    if (request !== this.#request) return
    this.#request = null
    if (request === UNSUBSCRIBE) return
    const { id, fork } = request
    if (begin === null || fork !== this.#core.fork) {
      this.#channel.refuse({ id })
      return
    }
    this.#served = { id, next: begin.start, sent: [], bytes: 0 }
    this.#channel.begin(begin)
    this.pump()
  }

  // a copy that lacks what the answer takes refuses
  async #tryAnswer(request: Subscribe): Promise<Begin | null> {
    try {
      return await this.#answer(request)
    } catch (err) {
      if (!isHypercoreError(err) && this.#core.readable) this.#onerror(err)
      return null
    }
  }

  // where to begin, and the proof that takes the peer's log there
  async #answer(request: Subscribe): Promise<Begin | null> {
    const { id, length, skip, manifest, tree, waited } = request
    const { fork, length: ours } = this.#core
    const known = manifestOf(this.#core)
    const end = signedEnd(this.#core)
    if (length > ours || (manifest && known === null)) return null
    if (ours > 0 && end === null) return null
    const roots = this.#keeping.joins(length) ? await rootsHere(this.#core, length) : null
    const joins = roots !== null
    // the peer leaps by the word of the writer alone
    if (!joins && (!request.leaps || length >= this.#keeping.kept)) return null
    // a log that its writer has signed twice, here or there: what follows in one does not fit the other
    if (joins && tree !== null && !b4a.equals(tree, treeHash(roots))) return null
    const before = Math.min(ours, this.#lengthBefore(waited))
    const asked = 'from' in skip ? skip.from : before - skip.tail
    const { wanted, signed } = await this.#start.find(length, asked)
    const start = signed?.length ?? length
    // a peer that asks for the end of the log is not to take all that lies before
    if ('tail' in skip && wanted > start + MAX_BLOCKS) return null
    const upgrade = signed && (await proveUpgrade(this.#core, joins ? length : 0, signed))
    const proof =
      upgrade || manifest
        ? { fork, block: null, hash: null, seek: null, upgrade, manifest: manifest ? known : null }
        : null
    return { id, start, proof, end, before }
  }

  // how many blocks there were `waited` milliseconds ago
  #lengthBefore(waited: number): number {
    return (waited > 0 ? this.#history.at(now() - waited) : null) ?? Infinity
  }
}
