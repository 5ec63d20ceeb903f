import type { Hypercore, Upgrade } from 'hypercore'
import { blocksWithin } from './block-budget.ts'
import type { SignedLengths, Signed } from './signed-lengths.ts'
import {
  type Ack,
  type Batch,
  type Begin,
  MAX_BLOCKS,
  MAX_BYTES,
  type Refuse,
  type Subscribe,
  WINDOW_BATCHES,
  WINDOW_BYTES
} from './messages.ts'

/** What a source may send to the one peer that it serves. */
export interface SourceChannel {
  begin(message: Begin): unknown
  batch(message: Batch): unknown
  refuse(message: Refuse): unknown
  /** Our own log can't be read. */
  onerror(err: unknown): void
}

interface Sent {
  end: number
  bytes: number
}

/** Reads the signed batch that begins at a block, once for all the peers that ask for the same. */
export class BatchReader {
  readonly #core: Hypercore
  readonly #signedLengths: SignedLengths
  #last: { start: number; length: number; batch: Promise<Omit<Batch, 'id'> | null> } | null = null

  constructor(core: Hypercore, signedLengths: SignedLengths) {
    this.#core = core
    this.#signedLengths = signedLengths
    core.on('truncate', () => {
      this.#last = null
    })
  }

  /** The next batch from block `start`; null where this peer has no block or signature for it. */
  read(start: number): Promise<Omit<Batch, 'id'> | null> {
    const { length } = this.#core
    if (this.#last?.start === start && this.#last.length === length) return this.#last.batch
    const last = { start, length, batch: this.#read(start) }
    this.#last = last
    // what is not here now may come yet
    const forget = (): void => {
      if (this.#last === last) this.#last = null
    }
    last.batch.then((batch) => batch ?? forget(), forget)
    return last.batch
  }

  async #read(start: number): Promise<Omit<Batch, 'id'> | null> {
    const { fork, length } = this.#core
    const end = Math.min(length, start + MAX_BLOCKS)
    // the only signature that a relay has may be that of the longest batch
    const enough = this.#core.writable ? MAX_BYTES / 2 : Infinity
    const count = await blocksWithin(this.#core, { start, end, bytes: MAX_BYTES, enough })
    const signed = await this.#signedLengths.within(start, start + count)
    const blocks = signed && (await this.#blocks(start, signed.length))
    if (signed === null || blocks === null || fork !== this.#core.fork) return null
    return { start, signature: signed.signature, blocks }
  }

  async #blocks(start: number, end: number): Promise<Uint8Array[] | null> {
    const rx = this.#core.core.state.storage.read()
    const reads: Promise<Uint8Array | null>[] = []
    for (let seq = start; seq < end; seq++) reads.push(rx.getBlock(seq))
    rx.tryFlush()
    const blocks: Uint8Array[] = []
    for (const block of await Promise.all(reads)) {
      if (block === null) return null
      blocks.push(block)
    }
    return blocks
  }
}

/**
 * Serves one peer: answers its subscription, then sends batch after batch, the backlog first and
 * every new one as it is appended, no further ahead of its acknowledgements than the window.
 */
export class Source {
  readonly #core: Hypercore
  readonly #signedLengths: SignedLengths
  readonly #reader: BatchReader
  readonly #channel: SourceChannel
  #request: Subscribe | null = null
  #answering = false
  #id = 0
  #next = 0
  #sent: Sent[] = []
  #bytes = 0
  #pumping = false

  constructor(
    core: Hypercore,
    signedLengths: SignedLengths,
    reader: BatchReader,
    channel: SourceChannel
  ) {
    this.#core = core
    this.#signedLengths = signedLengths
    this.#reader = reader
    this.#channel = channel
  }

  /** Whether the peer is subscribed to us at present. */
  get active(): boolean {
    return this.#id !== 0
  }

  /** Answers `request`, or the last one where several come in a row. */
  async subscribe(request: Subscribe): Promise<void> {
    this.stop()
    this.#request = request
    if (!this.#answering) await this.#answerAll()
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

  async #answerOne(request: Subscribe): Promise<void> {
    const { id, fork } = request
    const begin = id !== 0 && fork === this.#core.fork ? await this.#tryAnswer(request) : null
    // the peer may have changed its mind meanwhile
    if (request !== this.#request) return
    this.#request = null
    if (id === 0) return
    if (begin === null || fork !== this.#core.fork) {
      this.#channel.refuse({ id })
      return
    }
    this.#id = id
    this.#next = begin.start
    this.#channel.begin(begin)
    this.pump()
  }

  ack({ id, end }: Ack): void {
    if (id !== this.#id) return
    while (this.#sent[0] && this.#sent[0].end <= end) this.#bytes -= this.#sent.shift()?.bytes ?? 0
    this.pump()
  }

  /** Ends the subscription, and tells the peer so where it is not the one who ended it. */
  stop(tell = false): void {
    if (tell && this.active) this.#channel.refuse({ id: this.#id })
    this.#id = 0
    this.#sent = []
    this.#bytes = 0
  }

  /** Sends what the window allows; to be called whenever the log has grown. */
  pump(): void {
    if (this.#pumping || !this.active) return
    this.#pumping = true
    void this.#pump().then(
      () => {
        this.#pumping = false
        if (this.#ready()) this.pump()
      },
      (err) => {
        this.#pumping = false
        this.stop(true)
        if (!this.#core.closing) this.#channel.onerror(err)
      }
    )
  }

  #ready(): boolean {
    return (
      this.active &&
      this.#core.closing === null &&
      this.#next < this.#core.length &&
      this.#sent.length < WINDOW_BATCHES &&
      this.#bytes < WINDOW_BYTES
    )
  }

  async #pump(): Promise<void> {
    while (this.#ready()) {
      const id = this.#id
      const batch = await this.#reader.read(this.#next)
      if (id !== this.#id) continue
      if (batch === null) {
        this.stop(true)
        return
      }
      const bytes = batch.blocks.reduce((sum, block) => sum + block.byteLength, 0)
      this.#next += batch.blocks.length
      this.#sent.push({ end: this.#next, bytes })
      this.#bytes += bytes
      this.#channel.batch({ id, ...batch })
    }
  }

  // a copy that lacks what such an answer takes is as good as none
  async #tryAnswer(request: Subscribe): Promise<Begin | null> {
    try {
      return await this.#answer(request)
    } catch (err) {
      const lacking = err instanceof Error && err.name === 'HypercoreError'
      if (!lacking && !this.#core.closing) this.#channel.onerror(err)
      return null
    }
  }

  // where to begin, and the proof that takes the peer's log there
  async #answer({ id, length, from, tail, manifest }: Subscribe): Promise<Begin | null> {
    const { fork, manifest: known } = this.#core
    const { length: end } = this.#core
    const word = signedEnd(this.#core)
    if (length > end || (manifest && known === null)) return null
    if (end > 0 && word === null) return null
    const wanted = tail === -1 ? from : end - tail
    const signed =
      wanted > length ? await this.#signedLengths.within(length, Math.min(wanted, end)) : null
    const start = signed?.length ?? length
    // a peer that asks for the end of the log is not to take all that lies before
    if (wanted > start + MAX_BLOCKS && tail !== -1) return null
    const upgrade = signed && (await this.#upgrade(length, signed))
    const proof =
      upgrade || manifest
        ? { fork, block: null, hash: null, seek: null, upgrade, manifest: manifest ? known : null }
        : null
    return { id, start, proof, end: word }
  }

  async #upgrade(from: number, { length, signature }: Signed): Promise<Upgrade | null> {
    const { state } = this.#core.core
    const tree = await state.createTreeBatch().restore(length)
    tree.signature = signature
    // a proof is made for the session of a tree: here for the log as it was at that length
    tree.session = tree
    const rx = state.storage.read()
    const proof = tree.proof(rx, {
      block: null,
      hash: null,
      seek: null,
      upgrade: { start: from, length: length - from }
    })
    rx.tryFlush()
    const { upgrade } = await (await proof).settle()
    return upgrade
  }
}

/** Where the log ends now, with the writer's word for it: its roots are all that is signed. */
export function signedEnd({ core }: Hypercore): Upgrade | null {
  const { length, roots, signature } = core.state
  return signature && { start: 0, length, nodes: roots, additionalNodes: [], signature }
}
