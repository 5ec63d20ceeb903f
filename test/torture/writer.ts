import type { Ending } from '../helpers/program.ts'
import { Random } from '../helpers/random.ts'
import type { App, Message } from './app.ts'
import type { Block, Witness, WriterRun } from './history.ts'
import { acknowledgedBy, longestOf } from './lineage.ts'
import type { Lines } from './lines.ts'
import { sleep } from './patience.ts'
import type { Place } from './place.ts'
import type { Reader } from './reader.ts'
import { type Round, Subject, keepFlags, linkOf } from './subject.ts'
import { WriterDisk } from './writer-disk.ts'

/** Lines in one write: what a program pours out. */
const BURST = 1200
/** Lines in a row, each in a write of its own. */
const SINGLES = 30
const GAP_MS = 40
const SILENCE_MS = 800

/** How a writer ends that has lost blocks, and what it says before. */
const FAILED = 1
const REFUSAL = /--accept-loss/

/**
 * A writer that is given numbered lines as long as it runs, at a pace that keeps changing. No line
 * is ever given twice: what was written to a run that was killed is stored or lost.
 */
export class Writer extends Subject {
  readonly runs: WriterRun[] = []
  readonly disk: WriterDisk
  /** The readers that it may meet. */
  readonly readers: Reader[] = []
  readonly #keep: number
  readonly #lines: Lines
  readonly #random: Random
  #key = ''
  #next = 0
  #calm = false
  #feeding: Promise<void> = Promise.resolve()
  #accepts = false
  #refusal = false
  #witnesses: () => Witness[] = () => []

  constructor(
    round: Round,
    place: Place,
    log: { keep: number; private: boolean },
    lines: Lines,
    random: Random
  ) {
    const flags = [...keepFlags(log.keep), ...(log.private ? ['--private'] : [])]
    super(round, 'writer', place, 'writer-app', flags)
    this.#keep = log.keep
    this.disk = new WriterDisk(this.storage, this.runs)
    this.#lines = lines
    this.#random = random
  }

  /** Resolves to the key that reads the log, once the first run has printed it. */
  async key(): Promise<string> {
    await this.until(this.app, () => this.#key !== '')
    return this.#key
  }

  /** The number of the last line that it was given. */
  get last(): number {
    return this.#next - 1
  }

  /** No block from this one on may have gone by now, on whatever fork. */
  get keptFrom(): number {
    return longestOf(this.runs) - this.#keep
  }

  override start(): void {
    this.launch(this.#accepts ? ['--accept-loss'] : [])
  }

  /** Has it start with --accept-loss until it has acknowledged something. */
  accept(): void {
    this.#accepts = true
  }

  /** Gives it nothing more; resolves to the length of the log once all that it has is stored. */
  async finish(): Promise<number> {
    this.#calm = true
    for (;;) {
      const { app } = this
      await this.#feeding
      await this.until(app, () => this.#unacknowledged() === 0)
      // one that has refused to go on was started again by then
      if (!app.ended || this.app === app) return this.runs.at(-1)?.acknowledged.at(-1) ?? 0
    }
  }

  summary(log: Block[]): string {
    const acknowledged = this.runs.reduce((sum, run) => sum + acknowledgedBy(run), 0)
    const refusals = this.runs.filter(({ refused }) => refused).length
    return `${this.#next} lines in ${this.runs.length} runs, ${acknowledged} acknowledged, ${log.length} stored, ${refusals} refusals`
  }

  protected begin(): (message: Message) => void {
    const run: WriterRun = {
      first: this.#next,
      sent: 0,
      acknowledged: [],
      disk: this.disk.state,
      accepts: this.#accepts,
      refused: false,
      witnesses: []
    }
    this.runs.push(run)
    this.#refusal = false
    this.#witnesses = this.#watch()
    return ({ tag, data: { key = '', read = key, length = -1 } }) => {
      if (tag === 'append') {
        if (run.acknowledged.length === 0) {
          run.witnesses = this.#witnesses()
          this.round.trace.note(this.name, `goes on with line ${run.first} as block ${length - 1}`)
        }
        run.acknowledged.push(length)
        this.disk.settle()
        this.#accepts = false
      }
      if (tag !== 'key') return
      if (this.#key !== '' && this.#key !== read) this.round.trace.violation('the key has changed')
      this.#key = read
    }
  }

  protected override started(app: App): void {
    const run = this.runs.at(-1)
    if (run) this.#feeding = this.#feed(app, run, new Random(this.#random.below(2 ** 32)))
  }

  protected override saw(status: string): void {
    this.#refusal ||= REFUSAL.test(status)
  }

  protected override over(): void {
    const length = this.runs.at(-1)?.acknowledged.at(-1) ?? 'none'
    this.round.trace.note(this.name, `has acknowledged up to length ${length}`)
  }

  protected override endedByItself(ending: Ending): boolean {
    const run = this.runs.at(-1)
    if (!run || ending !== FAILED || !this.#refusal) return false
    run.refused = true
    if (run.acknowledged.length === 0) run.witnesses = this.#witnesses()
    // a person agrees to the loss, some after a second try
    this.#accepts = this.#calm || this.runs.at(-2)?.refused === true || this.#random.chance(0.7)
    return true
  }

  protected override left(): void {
    this.start()
  }

  // what the readers have printed by now; returns which of them nothing has kept from being met since
  #watch(): () => Witness[] {
    const { peace } = this.round
    const now = Date.now()
    const disturbances = peace.disturbances(this.name)
    const seen = this.readers.flatMap((reader) =>
      reader.tip ? [{ reader, tip: reader.tip, first: reader.first }] : []
    )
    return () => {
      const met = (reader: Reader): boolean => {
        return peace.together(now, [linkOf(this), ...reader.parts])
      }
      if (peace.disturbances(this.name) !== disturbances) return []
      return seen
        .filter(({ reader }) => met(reader))
        .map(({ reader, tip, first }) => ({ reader: reader.name, tip, first }))
    }
  }

  async #feed(app: App, run: WriterRun, random: Random): Promise<void> {
    // one line alone: its acknowledgement tells where in the log this run began
    await this.#send(app, run, 1)
    await this.until(app, () => run.acknowledged.length > 0)
    while (!app.ended && !this.#calm) {
      switch (random.pick(['burst', 'singles', 'typed', 'silence'])) {
        case 'burst':
          await this.#send(app, run, random.within(1, BURST))
          break
        case 'singles':
          for (let left = random.within(1, SINGLES); left > 0; left--) {
            await this.#send(app, run, 1)
            await sleep(random.below(GAP_MS))
          }
          break
        case 'typed':
          await this.#send(app, run, 1)
          await this.until(app, () => this.#calm || this.#unacknowledged() === 0)
          break
        case 'silence':
          await sleep(random.below(SILENCE_MS))
      }
    }
  }

  async #send(app: App, run: WriterRun, count: number): Promise<void> {
    if (app.ended) return
    const texts: string[] = []
    for (; count > 0; count--) texts.push(this.#lines.text(this.#next++) + '\n')
    run.sent += texts.length
    await app.write(texts.join(''))
  }

  #unacknowledged(): number {
    const run = this.runs.at(-1)
    return run && run.acknowledged.length > 0 ? run.sent - acknowledgedBy(run) : Infinity
  }
}
