import b4a from 'b4a'
import c, { type State } from 'compact-encoding'
import type { Hypercore } from 'hypercore'
import type { SignedLength } from '../upstream/hypercore-tree.ts'
import { fields } from './encodings.ts'
import { MAX_BLOCKS, MAX_BYTES } from './messages.ts'

/** Where a batch begins or ends: after so many blocks, which have so many bytes. */
export interface Place {
  length: number
  byteLength: number
}

/** A signed length of a log, with how many bytes its blocks have. */
export interface Boundary extends SignedLength, Place {}

/** The lengths that end among so many blocks are kept in one piece. */
const PAGE_BLOCKS = 1024
const NAME = 'signed-lengths'
/** Pages that are looked through for one length at most: those of a million blocks. */
const MAX_PAGES = 1024

/**
 * The signed lengths of a copy, on disk beside its blocks, and not replicated. Each is written after
 * the blocks that it signs: one that is lost to a crash costs the speed at which these are served, and
 * nothing else. Those of another fork of the log count for nothing, and are overwritten.
 */
export class SignatureStore {
  readonly #core: Hypercore
  #saving: Promise<void> = Promise.resolve()

  constructor(core: Hypercore) {
    this.#core = core
  }

  /** Keeps `boundary`, which was signed on `fork`. */
  add(fork: number, boundary: Boundary): void {
    // a store that takes no more says so at the next append
    this.#saving = this.#saving.then(() => this.#add(fork, boundary)).catch(() => {})
  }

  /** The greatest length in (`after`, `upTo`]; null where there is none, or none near `upTo`. */
  async lastIn(after: number, upTo: number): Promise<Boundary | null> {
    await this.#saving
    const last = pageOf(upTo)
    const first = Math.max(pageOf(after), last - MAX_PAGES)
    for (let page = last; page >= first; page--) {
      const fits = ({ length }: Boundary): boolean => length > after && length <= upTo
      const found = (await this.#read(page)).findLast(fits)
      if (found) return found
    }
    return null
  }

  /** Every length in (`after`, `upTo`], in order. */
  async *allIn(after: number, upTo: number): AsyncGenerator<Boundary> {
    await this.#saving
    for (let page = pageOf(after); page <= pageOf(upTo); page++) {
      for (const boundary of await this.#read(page)) {
        if (boundary.length > after && boundary.length <= upTo) yield boundary
      }
    }
  }

  /** Resolves once nothing is being written. */
  settled(): Promise<void> {
    return this.#saving
  }

  async #add(fork: number, boundary: Boundary): Promise<void> {
    if (fork !== this.#core.fork) return
    const page = pageOf(boundary.length)
    const known = await this.#read(page)
    if (known.some(({ length }) => length === boundary.length)) return
    const all = [...known, boundary].sort((a, b) => a.length - b.length)
    await this.#core.setUserData(nameOf(page), encode(fork, thinned(all)))
  }

  async #read(page: number): Promise<Boundary[]> {
    const bytes = await this.#core.getUserData(nameOf(page))
    return bytes === null ? [] : decode(bytes, this.#core.fork)
  }
}

/** Whether the blocks between two places are few enough for one batch. */
export function isOneBatch(from: Place, to: Place): boolean {
  const blocks = to.length - from.length
  return blocks <= 1 || (blocks <= MAX_BLOCKS && to.byteLength - from.byteLength <= MAX_BYTES)
}

// one goes while a single batch still spans its neighbours, so that a page is small whatever is kept
function thinned(all: Boundary[]): Boundary[] {
  const kept: Boundary[] = []
  for (const [i, boundary] of all.entries()) {
    const left = kept.at(-1)
    const right = all[i + 1]
    if (left === undefined || right === undefined || !isOneBatch(left, right)) kept.push(boundary)
  }
  return kept
}

function pageOf(length: number): number {
  return Math.floor(length / PAGE_BLOCKS)
}

function nameOf(page: number): string {
  return `${NAME}/${page}`
}

const boundary = fields<Boundary>({ length: c.uint, byteLength: c.uint, signature: c.buffer })

function encode(fork: number, boundaries: Boundary[]): Uint8Array {
  const state: State = { start: 0, end: 0, buffer: b4a.alloc(0) }
  c.uint.preencode(state, fork)
  for (const each of boundaries) boundary.preencode(state, each)
  state.buffer = b4a.alloc(state.end)
  c.uint.encode(state, fork)
  for (const each of boundaries) boundary.encode(state, each)
  return state.buffer
}

function decode(bytes: Uint8Array, fork: number): Boundary[] {
  const state: State = { start: 0, end: bytes.byteLength, buffer: bytes }
  if (c.uint.decode(state) !== fork) return []
  const boundaries: Boundary[] = []
  while (state.start < state.end) boundaries.push(boundary.decode(state))
  return boundaries
}
