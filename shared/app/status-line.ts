import type { Output } from './stdio.ts'

/** Begins a line of a terminal anew, and empties it. */
const CLEAR = '\r\x1b[K'
/** A line that may be being typed is waited for so long, in milliseconds. */
const TYPING_MS = 10_000

/**
 * stderr, where a person may be typing and one line may be drawn again and again. A terminal shows what
 * is typed, and tells us only of whole lines: from the first on, what is written waits for the end of the
 * next, for 10 s at most, so as not to land in the middle of it.
 */
export class StatusLine {
  readonly #output: Pick<Output, 'isTerminal' | 'columns' | 'write'>
  #drawn: string | null = null
  #typed = false
  #held: string[] = []
  #timer: Timer | null = null

  constructor(output: Pick<Output, 'isTerminal' | 'columns' | 'write'>) {
    this.#output = output
  }

  /** Writes `text`, which is whole lines. */
  write(text: string): void {
    if (!this.#typed) return this.#put(text)
    this.#held.push(text)
    this.#timer ??= setTimeout(() => this.flush(), TYPING_MS)
  }

  /** Draws `line` in the place of the one that was drawn before; removes that where it is null. */
  draw(line: string | null): void {
    if (line === this.#drawn || !this.#output.isTerminal) return
    const fits = line?.slice(0, Math.max(1, this.#output.columns - 1)) ?? ''
    void this.#output.write(CLEAR + fits)
    this.#drawn = line === null ? null : fits
  }

  /** A line was typed: its end is the one moment at which the cursor is known to be at a beginning. */
  lineTyped(): void {
    this.#typed = true
    this.flush()
  }

  /** Nothing is typed any more. */
  typingEnded(): void {
    this.#typed = false
    this.flush()
  }

  /** Writes what waits. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const held = this.#held.splice(0).join('')
    if (held !== '') this.#put(held)
  }

  #put(text: string): void {
    const line = this.#drawn
    void this.#output.write(line === null ? text : CLEAR + text + line)
  }
}
