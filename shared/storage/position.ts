import type { Hypercore } from 'hypercore'
import { Failure } from '../errors.ts'
import { tryLock } from './lock.ts'
import type { Rewinds } from './rewinds.ts'
import { Slots } from './slots.ts'

/** The block to go on with, on the fork of the log on which that is so. */
export interface Saved {
  seq: number
  fork: number
  /** The block that printing once began with: 0 in what earlier versions saved. */
  first: number
}

/** The position of a reader that is given no name for it. */
export const DEFAULT_POSITION = 'default'
/** What may be given a position of its own: it is the name of a file. */
export const POSITION_NAME = /^[\w-][\w.-]{0,63}$/

/**
 * The block that `--resume` goes on with: every block before it was printed. It is lowered whenever
 * the writer rewinds its log, by whatever run of a reader the rewind was taken, so that the blocks
 * which replace those that were printed are printed too: each at least once. A file beside the copy,
 * of one process at a time.
 */
export class Position {
  readonly #core: Hypercore
  readonly #slots: Slots<Saved>
  readonly #rewinds: Rewinds
  readonly #unlock: () => void
  #saved: Saved | null
  #saving: Promise<void> = Promise.resolve()
  readonly #onrewind = (_: number, fork: number): void => this.#fit(fork)

  private constructor(core: Hypercore, slots: Slots<Saved>, rewinds: Rewinds, unlock: () => void) {
    this.#core = core
    this.#slots = slots
    this.#rewinds = rewinds
    this.#unlock = unlock
    this.#saved = slots.value
    this.#fit(core.fork)
    // the rewinds have taken note of it before
    core.on('truncate', this.#onrewind)
  }

  /**
   * The position called `name`, in `file`, of the log whose copy is `core`. Throws a Failure where another
   * process goes on with it.
   */
  static open(file: string, name: string, core: Hypercore, rewinds: Rewinds): Position {
    const unlock = tryLock(`${file}.lock`)
    if (unlock === null) {
      throw new Failure(
        `another reader of this log goes on with position '${name}': stop that one, or give this one a position of its own with --resume=<name>`
      )
    }
    const slots = new Slots<Saved>(file)
    if (slots.isDamaged) {
      slots.close()
      unlock()
      throw new Failure(
        `${file} is damaged, so nobody can tell which blocks were printed: delete it, and say with --start where to go on`
      )
    }
    return new Position(core, slots, rewinds, unlock)
  }

  /**
   * The block of the log `core` that the position in `file` goes on with: Infinity where there is none, the
   * first one where it can't be told.
   */
  static seqIn(file: string, core: Hypercore, rewinds: Rewinds): number {
    const slots = new Slots<Saved>(file)
    slots.close()
    if (slots.isDamaged) return 0
    return slots.value === null ? Infinity : fitted(slots.value, core.fork, rewinds).seq
  }

  /** The block that comes next; undefined where none was ever printed. */
  get seq(): number | undefined {
    return this.#saved?.seq
  }

  /** Remembers that printing begins with block `seq`, unless it has begun before. */
  async begin(seq: number): Promise<void> {
    if (this.#saved === null) await this.#save({ seq, fork: this.#core.fork, first: seq })
  }

  /**
   * Remembers that every block before `seq` was printed. They were read of the log as it is on `fork`:
   * where it was rewound since, others may have taken their places, and the position stays lowered.
   */
  async moveTo(seq: number, fork: number): Promise<void> {
    if (fork !== this.#core.fork) return
    const { first } = this.#saved ?? { first: seq }
    // a power cut takes back no more than what was printed last
    await this.#save({ seq, fork, first }, { sync: false })
  }

  /** Resolves once all is on the disk, and another process may go on; an error was told before. */
  async close(): Promise<void> {
    this.#core.off('truncate', this.#onrewind)
    const saved = this.#saved === null ? this.#saving : this.#save(this.#saved)
    await saved.catch(() => {})
    this.#slots.close()
    this.#unlock()
  }

  // Where a copy is behind, as a new one is, the position is ahead of it, and fits once it has come there.
  #fit(fork: number): void {
    if (this.#saved === null || this.#saved.fork >= fork) return
    const saved = this.#save(fitted(this.#saved, fork, this.#rewinds))
    // the next save tells of an error
    saved.catch(() => {})
  }

  #save(saved: Saved, options?: { sync: boolean }): Promise<void> {
    this.#saved = saved
    this.#saving = this.#saving.then(() => this.#slots.save(saved, options))
    return this.#saving
  }
}

// a position on the log as it is on `fork`, or already on a later one
function fitted(saved: Saved, fork: number, rewinds: Rewinds): Saved {
  if (saved.fork >= fork) return saved
  const { seq, first } = saved
  const common = rewinds.common(saved.fork, fork)
  // what comes before the first block was never printed, and is not replaced
  return { seq: Math.max(first, Math.min(seq, common)), fork, first }
}
