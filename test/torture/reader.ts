import type { Test } from 'brittle'
import type { Message } from './app.ts'
import type { LineNumber, Print } from './history.ts'
import type { Lines } from './lines.ts'
import { Subject } from './subject.ts'
import type { Trace } from './trace.ts'

/** A reader that goes on, after each end, where it was. */
export class Reader extends Subject {
  /** What each of its runs has printed. */
  readonly runs: Print[][] = []
  readonly #lines: Lines

  constructor(t: Test, name: string, key: string, lines: Lines, folder: string, trace: Trace) {
    super(t, name, 'reader-app', ['--resume', '--start', '0', key], folder, trace)
    this.#lines = lines
  }

  /** The block that is to be printed next. */
  get next(): number {
    return this.runs.reduce((next, prints) => Math.max(next, (prints.at(-1)?.seq ?? -1) + 1), 0)
  }

  /** Resolves once every block before `length` was printed. */
  async reach(length: number): Promise<void> {
    await this.until(this.app, () => this.next >= length)
  }

  summary(log: LineNumber[]): string {
    const printed = this.runs.reduce((sum, prints) => sum + prints.length, 0)
    return `${printed} blocks in ${this.runs.length} runs, ${printed - log.length} of them again`
  }

  protected begin(): (message: Message) => void {
    const prints: Print[] = []
    this.runs.push(prints)
    return ({ tag, data: { seq = -1, value } }) => {
      if (tag !== 'block') this.trace.violation(`${this.name} said '${tag}' on stdout`)
      prints.push({ seq, line: value === undefined ? null : this.#lines.numberOf(value) })
    }
  }
}
