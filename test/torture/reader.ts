import type { Ending } from '../helpers/program.ts'
import { type Message, parse } from './app.ts'
import type { Block, Leave, LineNumber, Print, ReaderRun } from './history.ts'
import type { Lines } from './lines.ts'
import { within } from './patience.ts'
import type { Place } from './place.ts'
import { type Round, Subject, keepFlags, linkOf } from './subject.ts'
import type { Writer } from './writer.ts'

/** A reader that is to read to the end of the log looks for a peer for so long, in seconds. */
const LOOK_SECONDS = 10
/** It has left after so long, be its link slow and its peers killed meanwhile. */
const LEAVE_MS = 120_000

/** A reader that goes on, after each end, where it was. */
export class Reader extends Subject {
  readonly runs: ReaderRun[] = []
  readonly #lines: Lines
  readonly #writer: Writer
  /** The log as it has printed it. */
  readonly #shown: LineNumber[] = []
  readonly #keep: number
  #first = 0
  #leave: Leave | null = null
  #reachable: () => number | null = () => null

  constructor(
    round: Round,
    name: string,
    place: Place,
    { key, keep, lines, writer }: { key: string; keep: number; lines: Lines; writer: Writer }
  ) {
    super(round, name, place, 'reader-app', ['--resume', '--start', '0', ...keepFlags(keep), key])
    this.#keep = keep
    this.#lines = lines
    this.#writer = writer
  }

  /** The block that is to be printed next. */
  get next(): number {
    return this.#shown.length
  }

  /** The last block of the log as it has printed it. */
  get tip(): Print | null {
    const seq = this.#shown.length - 1
    return seq < 0 ? null : { seq, line: this.#shown[seq] ?? null }
  }

  /** The first of the blocks up to there that it is sure to hold. */
  get first(): number {
    return this.#first
  }

  override start(): void {
    this.#leave = null
    this.launch([])
  }

  /** Starts it for a run after which it leaves by itself; it must not run. */
  startToLeave(leave: Leave): void {
    this.#leave = leave
    this.launch(
      leave === 'at the end'
        ? ['--no-follow', '--timeout', String(LOOK_SECONDS)]
        : ['-n', String(leave.after)]
    )
  }

  /** Resolves once it has left by itself, or, where the blocks may not come, has been stopped. */
  async leave(): Promise<void> {
    const { ending } = this.app
    if (this.#leave === 'at the end') {
      await within(ending, LEAVE_MS, () => `${this.name} has not left at the end of the log`)
    } else if (!this.app.ended) await this.stop()
  }

  /** Resolves once it has printed the log up to `length`, where the block before that is `line`. */
  async reach(length: number, line: LineNumber): Promise<void> {
    await this.until(this.app, () => this.next === length && this.tip?.line === line)
  }

  summary(log: Block[]): string {
    const printed = this.runs.reduce((sum, { prints }) => sum + prints.length, 0)
    const left = this.runs.filter(({ code }) => code !== null).length
    // array elements that were never set are left out
    const held = this.#shown.filter(() => true).length
    return `${printed} blocks in ${this.runs.length} runs, ${printed - held} of them again or dropped since, ${log.length - held} were gone, left ${left} times`
  }

  protected begin(): (message: Message) => void {
    const run: ReaderRun = { prints: [], gone: [], leave: this.#leave, code: null, reachable: null }
    this.runs.push(run)
    this.#reachable = this.#watch()
    const { trace } = this.round
    return ({ tag, data: { seq = -1, value } }) => {
      if (tag !== 'block') trace.violation(`${this.name} said '${tag}' on stdout`)
      const line = value === undefined ? null : this.#lines.numberOf(value)
      const last = run.prints.at(-1)?.seq
      if (last === undefined || seq !== last + 1) {
        trace.note(this.name, `prints block ${seq}, line ${line}, behind block ${last ?? 'none'}`)
      }
      run.prints.push({ seq, line })
      const leapt = seq > this.#shown.length || run.gone.at(-1)?.end === seq
      const first = leapt ? Math.max(this.#first, seq) : Math.min(this.#first, seq)
      this.#first = Math.max(first, seq + 1 - this.#keep)
      this.#shown.length = Math.min(this.#shown.length, seq)
      this.#shown[seq] = line
    }
  }

  protected override saw(status: string): void {
    const gone = this.runs.at(-1)?.gone ?? []
    const { tag, data: { start = 0, end = 0, seq = 0 } = {} } = parse(status) ?? {}
    if (tag === 'gone') gone.push({ start, end, keptFrom: this.#writer.keptFrom })
    if (tag !== 'rewind') return
    // of what has gone the log goes on from the middle
    const cut = gone.filter((one) => one.start < seq && seq < one.end)
    gone.push(...cut.map((one) => ({ ...one, end: seq })))
  }

  protected override over(): void {
    const { seq = 'none' } = this.runs.at(-1)?.prints.at(-1) ?? {}
    this.round.trace.note(this.name, `has printed up to block ${seq}`)
  }

  protected override endedByItself(ending: Ending): boolean {
    const run = this.runs.at(-1)
    if (!run?.leave || typeof ending !== 'number') return false
    run.code = ending
    run.reachable = this.#reachable()
    return true
  }

  // what the writer is sure to have by now, for a loss that it notices may be one that no reader can make good;
  // returns it where nothing has kept the two apart since
  #watch(): () => number | null {
    const { peace } = this.round
    const now = Date.now()
    const length = this.#writer.disk.state.accepted?.length ?? 0
    return () => {
      const met = peace.together(now, [...this.#writer.parts, linkOf(this)])
      return met ? length : null
    }
  }
}
