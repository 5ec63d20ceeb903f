import b4a from 'b4a'
import path from 'bare-path'
import type { Hypercore } from 'hypercore'
import { firstHere } from '../upstream/hypercore-trim.ts'
import { listOf } from './checks.ts'
import { InUse, REPAIR_HINT_READER, inUse, placeFailure } from './failures.ts'
import { isUnfinished } from './first-start.ts'
import { readStore } from './inventory.ts'
import type { Keep } from './keep.ts'
import { tryShare } from './lock.ts'
import { assertPlace, openReader } from './open.ts'
import { copyPlaces } from './places.ts'
import { DEFAULT_POSITION, Position, type Saved } from './position.ts'
import { Retention } from './retention.ts'
import { Rewinds } from './rewinds.ts'
import { Slots } from './slots.ts'
import { makeFolder } from './sync.ts'
import { type TemporaryFolder, makeTemporary, removeStale } from './temporary.ts'

type Places = ReturnType<typeof copyPlaces>

/** Of what is not kept, no more than this is on the disk after it was taken, in bytes. */
const BEHIND_BYTES = 8 * 1024 * 1024

/**
 * A reader's copy of a log. Where another process of this machine has the copy open, it is a store of
 * its own that lies beside it for as long as it is read, and holds no more than is to be taken yet.
 */
export class Copy {
  readonly core: Hypercore
  readonly #places: Places
  readonly #rewinds: Rewinds
  readonly #temporary: TemporaryFolder | null
  readonly #leave: () => void
  #position: Position | null = null

  private constructor(
    core: Hypercore,
    places: Places,
    temporary: TemporaryFolder | null,
    leave: () => void
  ) {
    this.core = core
    this.#places = places
    this.#rewinds = new Rewinds(path.join(places.positions, 'rewinds'), core)
    this.#temporary = temporary
    this.#leave = leave
  }

  /**
   * Opens the copy, in `storage`, of the log with `key`; with `alone` only where no other process has it
   * open. Throws a Failure where it can't.
   */
  static async open(storage: string, key: Uint8Array, { alone = false } = {}): Promise<Copy> {
    const places = copyPlaces(storage, key)
    const { all, copy } = places
    const temporaries = path.join(all, 'temporary')
    let leave: (() => void) | null = null
    try {
      leave = join(storage, places)
      const core = await unlessInUse(openReader(storage, key, copy), alone)
      removeStale(temporaries)
      if (core !== null) return new Copy(core, places, null, leave)
      const temporary = makeTemporary(temporaries)
      const beside = await openReader(storage, key, temporary.path)
      return new Copy(beside, places, temporary, leave)
    } catch (err) {
      leave?.()
      throw placeFailure(err, all, REPAIR_HINT_READER)
    }
  }

  /** Whether what is read stays on this machine. */
  get isKept(): boolean {
    return this.#temporary === null
  }

  /** The position called `name`. Throws a Failure where another process goes on with it. */
  async position(name: string): Promise<Position> {
    const { positions } = this.#places
    const file = positionFile(positions, name)
    try {
      makeFolder(positions)
      if (name === DEFAULT_POSITION) await this.#takeOver(file)
      this.#position = Position.open(file, name, this.core, this.#rewinds)
    } catch (err) {
      throw placeFailure(err, positions, REPAIR_HINT_READER)
    }
    return this.#position
  }

  /**
   * What is kept of what was taken, where `keep` is asked for, and of all that a position beside the copy has
   * yet to go on with; next to nothing beside another copy.
   */
  retention(keep: Keep | null): Promise<Retention> {
    if (!this.isKept) return Retention.load(this.core, { bytes: BEHIND_BYTES })
    return Retention.load(this.core, keep, (taken) => this.#needed(taken))
  }

  /** Whether a position beside the copy has yet to print a block that is here, from block `start` to before `end`. */
  hasUnprinted(start: number, end: number): boolean {
    return this.isKept && this.#seqs.some((seq) => firstHere(this.core, Math.max(seq, start)) < end)
  }

  #needed(taken: number): number {
    return Math.min(taken, ...this.#seqs)
  }

  // of every position beside the copy
  get #seqs(): number[] {
    const { positions } = this.#places
    const files = listOf(positions).filter((name) => name.endsWith(POSITION))
    return files.map((name) => Position.seqIn(path.join(positions, name), this.core, this.#rewinds))
  }

  /** Resolves once another process may open the copy, and what is not kept is gone. */
  async close(): Promise<void> {
    await this.#position?.close()
    await this.core.close()
    this.#temporary?.remove()
    this.#leave()
  }

  /** Takes over, in `file`, the position of an earlier version, unless one was saved there since. */
  async #takeOver(file: string): Promise<void> {
    const slots = new Slots<Saved>(file)
    try {
      // a full disk may have left a file in which nothing was saved
      if (slots.value !== null || slots.isDamaged) return
      const { copy } = this.#places
      // beside a copy whose first start is under way there is none
      if (!this.isKept && isUnfinished(copy)) return
      const saved = await (this.isKept
        ? formerPosition(this.core)
        : readStore(copy, formerPosition))
      if (saved !== null) await slots.save(saved)
    } finally {
      slots.close()
    }
  }
}

/** Where versions that allowed one reader of a log kept its position: in the store of the copy. */
const FORMERLY = 'position'

/** The position that such a version has left in `core`; null where there is none. */
async function formerPosition(core: Hypercore): Promise<Saved | null> {
  const bytes = await core.getUserData(FORMERLY)
  if (bytes === null) return null
  // the earliest saved the number alone
  const saved = JSON.parse(b4a.toString(bytes)) as number | { seq: number; fork: number }
  const position = typeof saved === 'number' ? { seq: saved, fork: core.fork } : saved
  return { ...position, first: 0 }
}

/** From now on, until what is returned is called, nobody deletes the copy or what lies beside it. */
function join(storage: string, { all, copy, readers }: Places): () => void {
  assertPlace(storage, copy)
  makeFolder(all)
  const leave = tryShare(readers)
  if (leave === null) throw inUse(copy)
  return leave
}

async function unlessInUse<T>(opening: Promise<T>, alone: boolean): Promise<T | null> {
  try {
    return await opening
  } catch (err) {
    if (alone || !(err instanceof InUse)) throw err
    return null
  }
}

const POSITION = '.position'

function positionFile(folder: string, name: string): string {
  return path.join(folder, `${name}${POSITION}`)
}
