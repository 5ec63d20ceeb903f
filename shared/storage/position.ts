import b4a from 'b4a'
import type { Hypercore } from 'hypercore'

/** Kept beside the blocks of the local copy; it is not replicated. */
const NAME = 'position'

/** The block to go on with, and the fork of the log on which that is so. */
interface Saved {
  seq: number
  fork: number
}

/**
 * The block that `--resume` goes on with: every block before it was printed. It is lowered whenever
 * the writer rewinds its log, by whatever run of a reader that takes the rewind, so that the blocks
 * which replace those that were printed are printed too: each at least once.
 */
export class Position {
  readonly #core: Hypercore
  #saved: Saved | null = null
  #rewinds = 0
  #saving: Promise<void> = Promise.resolve()

  private constructor(core: Hypercore) {
    this.#core = core
  }

  /** The position that was saved in `core`, a local copy. */
  static async load(core: Hypercore): Promise<Position> {
    const position = new Position(core)
    const bytes = await core.getUserData(NAME)
    if (bytes !== null) position.#saved = fitted(parse(b4a.toString(bytes)), core)
    core.on('truncate', (length, fork) => position.#lower(length, fork))
    return position
  }

  /** The block that comes next; undefined where none was ever printed. */
  get seq(): number | undefined {
    return this.#saved?.seq
  }

  /** How often the log was rewound so far: blocks that were read before a rewind move no position. */
  get rewinds(): number {
    return this.#rewinds
  }

  /** Remembers that printing begins with block `seq`, unless it has begun before. */
  async begin(seq: number): Promise<void> {
    if (this.#saved === null) await this.#save({ seq, fork: this.#core.fork })
  }

  /**
   * Remembers that every block before `seq` was printed. `rewinds` says when they were read: where
   * the log was rewound since, others may have taken their places, and the position stays lowered.
   */
  async moveTo(seq: number, rewinds: number): Promise<void> {
    if (rewinds === this.#rewinds) await this.#save({ seq, fork: this.#core.fork })
  }

  /** Resolves once nothing is being saved; an error is told to the next that saves. */
  async settled(): Promise<void> {
    await this.#saving.catch(() => {})
  }

  #lower(length: number, fork: number): void {
    this.#rewinds++
    if (this.#saved === null) return
    const saved = this.#save({ seq: Math.min(this.#saved.seq, length), fork })
    // the next save tells of an error
    saved.catch(() => {})
  }

  #save(saved: Saved): Promise<void> {
    this.#saved = saved
    const text = b4a.from(JSON.stringify(saved))
    this.#saving = this.#saving.then(() => this.#core.setUserData(NAME, text))
    return this.#saving
  }
}

// earlier versions saved the number alone
function parse(text: string): Partial<Saved> & { seq: number } {
  const value = JSON.parse(text) as number | Saved
  return typeof value === 'number' ? { seq: value } : value
}

/**
 * A rewind that was taken and not remembered, since the process was killed in between, leaves another
 * fork: how far it went can no longer be told, so that the log is printed from its first block.
 */
function fitted({ seq, fork }: Partial<Saved> & { seq: number }, core: Hypercore): Saved {
  return { seq: fork === undefined || fork === core.fork ? seq : 0, fork: core.fork }
}
