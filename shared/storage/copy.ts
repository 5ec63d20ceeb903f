import b4a from 'b4a'
import path from 'bare-path'
import type { Hypercore } from 'hypercore'
import { InUse, REPAIR_HINT_READER, inUse, placeFailure } from './failures.ts'
import type { Keep } from './keep.ts'
import { tryShare } from './lock.ts'
import { assertPlace, openReader } from './open.ts'
import { copyPlaces } from './places.ts'
import { DEFAULT_POSITION, Position, type Saved } from './position.ts'
import { Rewinds } from './rewinds.ts'
import { Slots } from './slots.ts'
import { makeFolder } from './sync.ts'
import { type TemporaryFolder, makeTemporary, removeStale } from './temporary.ts'

/** Of what is not kept, no more than this is on the disk after it was taken, in bytes. */
const BEHIND_BYTES = 8 * 1024 * 1024

/**
 * A reader's copy of a log. Where another process of this machine has the copy open, it is a store of
 * its own that lies beside it for as long as it is read, and holds no more than is to be taken yet.
 */
export class Copy {
  readonly core: Hypercore
  readonly #positions: string
  readonly #rewinds: Rewinds
  readonly #temporary: TemporaryFolder | null
  readonly #leave: () => void
  #position: Position | null = null

  private constructor(
    core: Hypercore,
    positions: string,
    temporary: TemporaryFolder | null,
    leave: () => void
  ) {
    this.core = core
    this.#positions = positions
    this.#rewinds = new Rewinds(path.join(positions, 'rewinds'), core)
    this.#temporary = temporary
    this.#leave = leave
  }

  /**
   * Opens the copy, in `storage`, of the log with `key`; with `alone` only where no other process has it
   * open. Throws a Failure where it can't.
   */
  static async open(storage: string, key: Uint8Array, { alone = false } = {}): Promise<Copy> {
    const places = copyPlaces(storage, key)
    const { all, copy, positions } = places
    const temporaries = path.join(all, 'temporary')
    let leave: (() => void) | null = null
    try {
      leave = join(storage, places)
      const core = await unlessInUse(openReader(storage, key, copy), alone)
      removeStale(temporaries)
      if (core !== null) {
        await takeOver(core, positions)
        return new Copy(core, positions, null, leave)
      }
      const temporary = makeTemporary(temporaries)
      const beside = await openReader(storage, key, temporary.path)
      return new Copy(beside, positions, temporary, leave)
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
  position(name: string): Position {
    const file = positionFile(this.#positions, name)
    try {
      makeFolder(this.#positions)
      this.#position = Position.open(file, name, this.core, this.#rewinds)
    } catch (err) {
      throw placeFailure(err, this.#positions, REPAIR_HINT_READER)
    }
    return this.#position
  }

  /** How much is kept of what was taken, where `keep` is asked for: next to nothing beside another copy. */
  keeping(keep: Keep | null): Keep | null {
    return this.isKept ? keep : { bytes: BEHIND_BYTES }
  }

  /** Resolves once another process may open the copy, and what is not kept is gone. */
  async close(): Promise<void> {
    await this.#position?.close()
    await this.core.close()
    this.#temporary?.remove()
    this.#leave()
  }
}

/** From now on, until what is returned is called, nobody deletes the copy or what lies beside it. */
function join(storage: string, { all, copy, readers }: ReturnType<typeof copyPlaces>): () => void {
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

function positionFile(folder: string, name: string): string {
  return path.join(folder, `${name}.position`)
}

/** Where versions that allowed one reader of a log kept its position: in the store of the copy. */
const FORMERLY = 'position'

/** Takes over the position that such a version has left in `core`, unless that was done before. */
async function takeOver(core: Hypercore, folder: string): Promise<void> {
  const slots = new Slots<Saved>(positionFile(folder, DEFAULT_POSITION))
  try {
    // a full disk may have left a file in which nothing was saved
    if (slots.value !== null || slots.isDamaged) return
    const bytes = await core.getUserData(FORMERLY)
    if (bytes === null) return
    // the earliest saved the number alone
    const saved = JSON.parse(b4a.toString(bytes)) as number | { seq: number; fork: number }
    const position = typeof saved === 'number' ? { seq: saved, fork: core.fork } : saved
    makeFolder(folder)
    await slots.save({ ...position, first: 0 })
  } finally {
    slots.close()
  }
}
