import type { Hypercore, Proof } from 'hypercore'
import type { Signatures } from './signatures.ts'
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
} from './wire.ts'

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
  readonly #signatures: Signatures
  #last: { start: number; length: number; batch: Promise<Omit<Batch, 'id'> | null> } | null = null

  constructor(core: Hypercore, signatures: Signatures) {
    this.#core = core
    this.#signatures = signatures
    core.on('truncate', () => {
      this.#last = null
    })
  }

  /** The next batch from block `start`; null where this peer has no block or signature for it. */
  read(start: number): Promise<Omit<Batch, 'id'> | null> {
    const { length } = this.#core
    if (this.#last?.start !== start || this.#last.length !== length) {
      this.#last = { start, length, batch: this.#read(start) }
    }
    return this.#last.batch
  }

  async #read(start: number): Promise<Omit<Batch, 'id'> | null> {
    const { length, byteLength, fork } = this.#core
    const average = Math.max(1, byteLength / length)
    let upTo = Math.min(
      length,
      (start + Math.max(1, Math.min(MAX_BLOCKS, MAX_BYTES / average))) | 0
    )
    const furthest = Math.min(length, start + MAX_BLOCKS)
    let canWiden = upTo < furthest
    let blocks: Uint8Array[] = []

    for (;;) {
      const end = this.#signatures.lengthWithin(start, upTo)
      if (end === 0) {
        // a relay's next signature may be further off than the average block suggests
        if (!canWiden) return null
        canWiden = false
        upTo = furthest
        continue
      }
      if (blocks.length < end - start) {
        const more = await this.#blocks(start + blocks.length, end)
        if (more === null) return null
        blocks = blocks.concat(more)
      }
      blocks = blocks.slice(0, end - start)
      const fitting = countWithin(blocks, MAX_BYTES)
      if (fitting >= blocks.length) {
        const signature = await this.#signatures.at(end)
        return signature && fork === this.#core.fork ? { start, signature, blocks } : null
      }
      // beyond what a batch holds no signature is of use
      canWiden = false
      upTo = start + fitting
    }
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

/** How many of `blocks` fit into `bytes`; the first always does. */
function countWithin(blocks: Uint8Array[], bytes: number): number {
  let count = 0
  for (const block of blocks) {
    bytes -= block.byteLength
    if (bytes < 0 && count > 0) break
    count++
  }
  return count
}

/**
 * Serves one peer: answers its subscription, then sends batch after batch, the backlog first and
 * every new one as it is appended, no further ahead of its acknowledgements than the window.
 */
export class Source {
  readonly #core: Hypercore
  readonly #signatures: Signatures
  readonly #reader: BatchReader
  readonly #channel: SourceChannel
  #asked = 0
  #id = 0
  #next = 0
  #sent: Sent[] = []
  #bytes = 0
  #pumping = false

  constructor(
    core: Hypercore,
    signatures: Signatures,
    reader: BatchReader,
    channel: SourceChannel
  ) {
    this.#core = core
    this.#signatures = signatures
    this.#reader = reader
    this.#channel = channel
  }

  /** Whether the peer is subscribed to us at present. */
  get active(): boolean {
    return this.#id !== 0
  }

  async subscribe(request: Subscribe): Promise<void> {
    const { id, fork } = request
    this.stop()
    this.#asked = id
    if (id === 0) return
    const answer = fork === this.#core.fork ? await this.#tryAnswer(request) : null
    // the peer has changed its mind meanwhile
    if (id !== this.#asked) return
    if (answer === null || fork !== this.#core.fork) {
      this.#channel.refuse({ id })
      return
    }
    this.#id = id
    this.#next = answer.start
    this.#channel.begin(answer)
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
    const end = this.#core.length
    if (length > end || (manifest && this.#core.manifest === null)) return null
    const wanted = tail === -1 ? from : end - tail
    const start =
      wanted > length
        ? this.#signatures.lengthWithin(length, Math.min(wanted, end)) || length
        : length
    // a peer that asks for the end of the log is not to take all that lies before
    if (wanted > start + MAX_BLOCKS && tail !== -1) return null
    const upgrade = start > length ? await this.#upgrade(length, start) : null
    const known = manifest ? this.#core.manifest : null
    const { fork } = this.#core
    const proof =
      upgrade || known
        ? { fork, block: null, hash: null, seek: null, upgrade, manifest: known }
        : null
    return { id, start, length: end, proof }
  }

  async #upgrade(from: number, to: number): Promise<Proof['upgrade']> {
    const { state } = this.#core.core
    const tree = await state.createTreeBatch().restore(to)
    tree.signature = await this.#signatures.at(to)
    // a proof is made for the session of a tree: here for the log as it was at that length
    tree.session = tree
    const rx = state.storage.read()
    const proof = tree.proof(rx, {
      block: null,
      hash: null,
      seek: null,
      upgrade: { start: from, length: to - from }
    })
    rx.tryFlush()
    const { upgrade } = await (await proof).settle()
    return upgrade
  }
}
