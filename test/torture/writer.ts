import type { Test } from 'brittle'
import { Random } from '../helpers/random.ts'
import type { App, Message } from './app.ts'
import type { LineNumber, WriterRun } from './history.ts'
import type { Lines } from './lines.ts'
import { Subject } from './subject.ts'
import type { Trace } from './trace.ts'

/** Lines in one write: what a program pours out. */
const BURST = 1200
/** Lines in a row, each in a write of its own. */
const SINGLES = 30
const GAP_MS = 40
const SILENCE_MS = 800

/**
 * A writer that is given numbered lines as long as it runs, at a pace that keeps changing. No line
 * is ever given twice: what was written to a run that was killed is stored or lost.
 */
export class Writer extends Subject {
  readonly runs: WriterRun[] = []
  readonly #lines: Lines
  readonly #random: Random
  #key = ''
  #next = 0
  #calm = false
  #feeding: Promise<void> = Promise.resolve()

  constructor(t: Test, lines: Lines, random: Random, folder: string, trace: Trace) {
    super(t, 'writer', 'writer-app', [], folder, trace)
    this.#lines = lines
    this.#random = random
  }

  /** Resolves to the key of the log, once the first run has printed it. */
  async key(): Promise<string> {
    await this.until(this.app, () => this.#key !== '')
    return this.#key
  }

  /** Gives it nothing more; resolves to the length of the log once all that it has is stored. */
  async finish(): Promise<number> {
    this.#calm = true
    await this.#feeding
    await this.until(this.app, () => this.#unacknowledged() === 0)
    return this.runs.at(-1)?.acknowledged.at(-1) ?? 0
  }

  summary(log: LineNumber[]): string {
    const acknowledged = this.runs.reduce((sum, run) => sum + acknowledgedBy(run), 0)
    return `${this.#next} lines in ${this.runs.length} runs, ${acknowledged} acknowledged, ${log.length} stored`
  }

  protected begin(): (message: Message) => void {
    const run: WriterRun = { first: this.#next, sent: 0, acknowledged: [] }
    this.runs.push(run)
    return ({ tag, data: { key = '', length = -1 } }) => {
      if (tag === 'append') run.acknowledged.push(length)
      if (tag !== 'key') return
      if (this.#key !== '' && this.#key !== key) this.trace.violation('the key has changed')
      this.#key = key
    }
  }

  protected override started(app: App): void {
    const run = this.runs.at(-1)
    if (run) this.#feeding = this.#feed(app, run, new Random(this.#random.below(2 ** 32)))
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
            await after(random.below(GAP_MS))
          }
          break
        case 'typed':
          await this.#send(app, run, 1)
          await this.until(app, () => this.#calm || this.#unacknowledged() === 0)
          break
        case 'silence':
          await after(random.below(SILENCE_MS))
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

// the first acknowledgement of a run is that of its first line alone
function acknowledgedBy({ acknowledged }: WriterRun): number {
  const [first = 1] = acknowledged
  return (acknowledged.at(-1) ?? first - 1) - first + 1
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
