import type { Status } from './status.ts'
import { isStopping } from './lifecycle.ts'
import { type Schedule, later } from './schedule.ts'

/** How far some work is. */
export interface Work {
  /** Blocks that are done, of how many; both are counted from the first of the log on. */
  blocks: number
  of: number
  /** The block that the work began with. */
  from: number
  peers: number
}

/** How often a line is drawn anew, and how many of these times scripts are told once. */
const DRAW_MS = 250
const DRAWS_TOLD = 4
/** The rate is that of so many of these times. */
const DRAWS_COUNTED = 16

/**
 * Shows how far work is, from `start` to `stop`: a person in a line that is drawn anew where `draws`
 * says so, scripts in an event every second. `describe` begins the line.
 */
export class Progress {
  readonly #status: Status
  readonly #measure: () => Work
  readonly #describe: (work: Work) => string
  readonly #draws: boolean
  readonly #schedule: Schedule
  /** Blocks that were done at the last times, the oldest first. */
  #counts: number[] = []
  #ticks = 0
  #cancel: (() => void) | null = null

  constructor(
    status: Status,
    measure: () => Work,
    describe: (work: Work) => string,
    { draws, schedule = later }: { draws: boolean; schedule?: Schedule }
  ) {
    this.#status = status
    this.#measure = measure
    this.#describe = describe
    this.#draws = draws
    this.#schedule = schedule
  }

  start(): void {
    this.#cancel = this.#schedule(DRAW_MS, () => this.#tick())
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#status.draw(null)
  }

  #tick(): void {
    if (isStopping()) return
    const work = this.#measure()
    this.#counts = [...this.#counts, work.blocks].slice(-DRAWS_COUNTED - 1)
    // there is nothing to be shown of work that is not there, or is done
    const open = work.blocks < work.of
    if (this.#draws) this.#status.draw(open ? this.#line(work) : null)
    if (open && ++this.#ticks % DRAWS_TOLD === 0) this.tell('scripts')
    this.start()
  }

  /** Tells how far it is now. */
  tell(only?: 'scripts'): void {
    const work = this.#measure()
    const { blocks, of, peers } = work
    const [rate, left] = [this.#rate, this.#left(work)]
    this.#status.tell('progress', this.#line(work), { blocks, of, rate, left, peers }, only)
  }

  /** Blocks a second, of late. */
  get #rate(): number {
    const [oldest = 0] = this.#counts
    const times = this.#counts.length - 1
    if (times < 1) return 0
    return Math.max(
      0,
      Math.round(((this.#counts.at(-1) ?? 0) - oldest) / ((times * DRAW_MS) / 1000))
    )
  }

  #left({ blocks, of }: Work): number | null {
    return this.#rate === 0 ? null : Math.ceil((of - blocks) / this.#rate)
  }

  #line(work: Work): string {
    const { blocks, of } = work
    // a rewind may lead back before where the work began
    const from = Math.min(work.from, blocks)
    const share = of > from ? Math.floor((100 * (blocks - from)) / (of - from)) : 100
    const parts = [`${this.#describe(work)} (${share} %)`]
    const left = this.#left(work)
    if (left !== null && blocks < of) {
      parts.push(`${grouped(this.#rate)} blocks/s`, `${duration(left)} left`)
    }
    return parts.join(', ')
  }
}

/** `number` with its thousands apart. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** So many seconds, in words. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}
