import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import type { Hypercore } from 'hypercore'
import { InUse } from './failures.ts'
import { openReader } from './open.ts'
import type { Keep } from './keep.ts'
import { copyPlaces } from './places.ts'
import { DEFAULT_POSITION, Position, type Saved } from './position.ts'
import { Retention } from './retention.ts'
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
  #position: Position | null = null

  private constructor(core: Hypercore, positions: string, temporary: TemporaryFolder | null) {
    this.core = core
    this.#positions = positions
    this.#rewinds = new Rewinds(path.join(positions, 'rewinds'), core)
    this.#temporary = temporary
  }

  /**
   * Opens the copy, in `storage`, of the log with `key`; with `alone` only where no other process has it
   * open. Throws a Failure where it can't.
   */
  static async open(storage: string, key: Uint8Array, { alone = false } = {}): Promise<Copy> {
    const { all, copy, positions } = copyPlaces(storage, key)
    const temporaries = path.join(all, 'temporary')
    const core = await unlessInUse(openReader(storage, key, copy), alone)
    removeStale(temporaries)
    if (core !== null) {
      await takeOver(core, positions)
      return new Copy(core, positions, null)
    }
    const temporary = makeTemporary(temporaries)
    return new Copy(await openReader(storage, key, temporary.path), positions, temporary)
  }

  /** Whether what is read stays on this machine. */
  get isKept(): boolean {
    return this.#temporary === null
  }

  /** The position called `name`. Throws a Failure where another process goes on with it. */
  position(name: string): Position {
    makeFolder(this.#positions)
    const file = positionFile(this.#positions, name)
    this.#position = Position.open(file, name, this.core, this.#rewinds)
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

  #needed(taken: number): number {
    const names = fs.existsSync(this.#positions) ? fs.readdirSync(this.#positions) : []
    const files = names.filter((name) => name.endsWith(POSITION))
    const places = files.map((name) => path.join(this.#positions, name))
    return Math.min(taken, ...places.map((file) => Position.seqIn(file, this.core, this.#rewinds)))
  }

  /** Resolves once another process may open the copy, and what is not kept is gone. */
  async close(): Promise<void> {
    await this.#position?.close()
    await this.core.close()
    this.#temporary?.remove()
  }
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

/** Where versions that allowed one reader of a log kept its position: in the store of the copy. */
const FORMERLY = 'position'

/** Takes over the position that such a version has left in `core`, unless that was done before. */
async function takeOver(core: Hypercore, folder: string): Promise<void> {
  const file = positionFile(folder, DEFAULT_POSITION)
  const bytes = fs.existsSync(file) ? null : await core.getUserData(FORMERLY)
  if (bytes === null) return
  // the earliest saved the number alone
  const saved = JSON.parse(b4a.toString(bytes)) as number | { seq: number; fork: number }
  const position = typeof saved === 'number' ? { seq: saved, fork: core.fork } : saved
  makeFolder(folder)
  const slots = new Slots<Saved>(file)
  await slots.save({ ...position, first: 0 })
  slots.close()
}
