import c, { type Encoder, type State } from 'compact-encoding'
import { fields, maybe } from './encodings.ts'
import { type KeptWord, keptWord } from './kept-word.ts'
import { type Proof, type Upgrade, proofEncoding } from '../upstream/hypercore-proof.ts'
import { TREE_HASH_BYTES } from './tree-hash.ts'

/** The Protomux protocol of the feed; with a peer that does not speak it, plain replication does all. */
export const PROTOCOL = 'signed-batches/2'

/** A batch holds at most this many blocks and this many bytes, or one block of any length. */
export const MAX_BLOCKS = 1024
export const MAX_BYTES = 1024 * 1024

/** A source sends a batch only while less than this is ahead of what the reader has acknowledged. */
export const WINDOW_BATCHES = 8
export const WINDOW_BYTES = 4 * MAX_BYTES

/** The hops of a peer from which no path leads to the writer. */
export const NO_PATH = 16

/** How many connections lie between the peer and the writer along the feed. */
export interface Status {
  hops: number
  /** The word of the writer on which blocks it keeps, where it does not keep all. */
  kept?: KeptWord | null
}

/**
 * Which blocks to leave out: those before block `from`, or all but the last `tail` of those that were
 * there when the reader began.
 */
export type Skip = { from: number } | { tail: number }

/** Asks for the blocks from `length` on, where the reader's log ends at present, but for `skip`. */
export interface Subscribe {
  /** Not 0, which is the id of UNSUBSCRIBE on the wire. */
  id: number
  fork: number
  length: number
  skip: Skip
  /** The reader lacks the manifest. */
  manifest: boolean
  /** The tree hash of the reader's log; null where an earlier version of the reader does not tell. */
  tree: Uint8Array | null
  /** How many milliseconds ago the reader began; 0 where what was there then is of no interest. */
  waited: number
  /** Where no proof leads on from the reader's log, it takes one that begins with the first block. */
  leaps?: boolean
}

/** Ends the subscription. */
export const UNSUBSCRIBE = 'unsubscribe'

/** The answer: batches will come from block `start`. */
export interface Begin {
  id: number
  start: number
  /** Takes the reader's log from its length to `start`, and brings the manifest it asked for. */
  proof: Proof | null
  /** Where the source's log ends now, with the writer's word for it; null where it is empty. */
  end: Upgrade | null
  /** How many blocks there were when the reader began, as far as the source can tell. */
  before: number
}

/** The blocks from `start` on, and the writer's signature of the log that ends with the last one. */
export interface Batch {
  id: number
  start: number
  signature: Uint8Array
  blocks: Uint8Array[]
}

/** The reader has taken all blocks before `end`. */
export interface Ack {
  id: number
  end: number
}

/** The source cannot serve, or no longer serves, the subscription `id`. */
export interface Refuse {
  id: number
}

/** The number, and the word where there is one; an earlier version does not look for it. */
export const status: Encoder<Status> = {
  preencode(state, { hops, kept }) {
    c.uint.preencode(state, hops)
    if (kept) keptWord.preencode(state, kept)
  },
  encode(state, { hops, kept }) {
    c.uint.encode(state, hops)
    if (kept) keptWord.encode(state, kept)
  },
  decode(state) {
    const hops = c.uint.decode(state)
    return state.start < state.end ? { hops, kept: keptWord.decode(state) } : { hops }
  }
}

export const ack = fields<Ack>({ id: c.uint, end: c.uint })
export const refuse = fields<Refuse>({ id: c.uint })

/**
 * Six numbers: id, fork, length, from, tail + 1, manifest. A tail of 0 on the wire is none. Then come the
 * tree hash, how long the reader has waited, and whether it leaps, where an earlier version does not look
 * for them.
 */
export const subscribe: Encoder<Subscribe | typeof UNSUBSCRIBE> = {
  preencode(state, m) {
    for (const value of subscribeFields(m)) c.uint.preencode(state, value)
    if (m === UNSUBSCRIBE || m.tree === null) return
    c.fixed32.preencode(state, m.tree)
    c.uint.preencode(state, Math.floor(m.waited))
    if (m.leaps) c.uint.preencode(state, 1)
  },
  encode(state, m) {
    for (const value of subscribeFields(m)) c.uint.encode(state, value)
    if (m === UNSUBSCRIBE || m.tree === null) return
    c.fixed32.encode(state, m.tree)
    c.uint.encode(state, Math.floor(m.waited))
    if (m.leaps) c.uint.encode(state, 1)
  },
  decode(state) {
    const id = c.uint.decode(state)
    const fork = c.uint.decode(state)
    const length = c.uint.decode(state)
    const from = c.uint.decode(state)
    const tail = c.uint.decode(state)
    const manifest = c.uint.decode(state) === 1
    if (id === 0) return UNSUBSCRIBE
    const hash = state.end - state.start < TREE_HASH_BYTES ? null : c.fixed32.decode(state)
    const waited = state.start < state.end ? c.uint.decode(state) : 0
    const leaps = state.start < state.end && c.uint.decode(state) === 1
    const skip = tail === 0 ? { from } : { tail: tail - 1 }
    return { id, fork, length, skip, manifest, tree: hash, waited, ...(leaps && { leaps }) }
  }
}

function subscribeFields(m: Subscribe | typeof UNSUBSCRIBE): number[] {
  if (m === UNSUBSCRIBE) return [0, 0, 0, 0, 0, 0]
  const { id, fork, length, skip, manifest } = m
  const [from, tail] = 'from' in skip ? [skip.from, 0] : [0, skip.tail + 1]
  return [id, fork, length, from, tail, manifest ? 1 : 0]
}

const proof = maybe(proofEncoding)

export const begin: Encoder<Begin> = {
  preencode(state, m) {
    c.uint.preencode(state, m.id)
    c.uint.preencode(state, m.start)
    proof.preencode(state, m.proof)
    proof.preencode(state, m.end && proofOf(m.end))
    c.uint.preencode(state, m.before)
  },
  encode(state, m) {
    c.uint.encode(state, m.id)
    c.uint.encode(state, m.start)
    proof.encode(state, m.proof)
    proof.encode(state, m.end && proofOf(m.end))
    c.uint.encode(state, m.before)
  },
  decode(state) {
    const id = c.uint.decode(state)
    const start = c.uint.decode(state)
    const upgrade = proof.decode(state)
    const end = proof.decode(state)?.upgrade ?? null
    // an earlier version does not tell
    const before = state.start < state.end ? c.uint.decode(state) : (end?.length ?? 0)
    return { id, start, proof: upgrade, end, before }
  }
}

function proofOf(upgrade: Upgrade): Proof {
  return { fork: 0, block: null, hash: null, seek: null, upgrade, manifest: null }
}

export const batch: Encoder<Batch> = {
  preencode(state, m) {
    c.uint.preencode(state, m.id)
    c.uint.preencode(state, m.start)
    c.buffer.preencode(state, m.signature)
    c.uint.preencode(state, m.blocks.length)
    for (const block of m.blocks) c.buffer.preencode(state, block)
  },
  encode(state, m) {
    c.uint.encode(state, m.id)
    c.uint.encode(state, m.start)
    c.buffer.encode(state, m.signature)
    c.uint.encode(state, m.blocks.length)
    for (const block of m.blocks) c.buffer.encode(state, block)
  },
  decode(state) {
    const id = c.uint.decode(state)
    const start = c.uint.decode(state)
    const signature = c.buffer.decode(state)
    return { id, start, signature, blocks: decodeBlocks(state) }
  }
}

// A batch is bounded here, before it takes any memory.
function decodeBlocks(state: State): Uint8Array[] {
  const count = c.uint.decode(state)
  if (count === 0 || count > MAX_BLOCKS) throw new Error(`a batch of ${count} blocks`)
  if (count > 1 && state.end - state.start > MAX_BYTES + count * 9) {
    throw new Error(`a batch of ${state.end - state.start} bytes`)
  }
  const blocks: Uint8Array[] = []
  for (let i = 0; i < count; i++) blocks.push(c.buffer.decode(state))
  return blocks
}
