import b4a from 'b4a'
import type { Readable } from 'bare-stream'

type Match = string | RegExp | ((line: string) => boolean)

const LF = 10

/** What a stream has brought so far, and the lines that are still to come. */
export class Capture {
  /** Resolves once the stream has ended. */
  readonly ended: Promise<void>
  readonly #story: () => string
  readonly #stream: Readable
  readonly #chunks: Uint8Array[] = []
  readonly #lines: string[] = []
  /** The beginning of a line, in pieces: one of many megabytes comes in hundreds. */
  #rest: Uint8Array[] = []
  #position = 0
  #size = 0
  #over = false
  readonly #translate: (chunk: Uint8Array) => Uint8Array
  #wake: (() => void)[] = []

  /**
   * `story` tells what else the process said, for the error where it ends too early; `translate` makes
   * of what comes what is captured.
   */
  constructor(
    stream: Readable,
    story: () => string,
    translate = (chunk: Uint8Array): Uint8Array => chunk
  ) {
    this.#story = story
    this.#translate = translate
    this.ended = new Promise((resolve) => {
      stream.once('close', () => {
        this.#over = true
        this.#changed()
        resolve()
      })
    })
    this.#stream = stream
  }

  /** Begins to take what the stream brings. */
  start(): this {
    this.#stream.on('data', (chunk) => {
      this.#take(this.#translate(chunk as Uint8Array))
      this.#changed()
    })
    return this
  }

  /** Takes what comes as far as a line that equals or matches, then nothing more before `resume`. */
  async stallAt(match: Match): Promise<void> {
    this.start()
    await this.line(match)
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  get bytes(): Uint8Array {
    return b4a.concat(this.#chunks)
  }

  get text(): string {
    return b4a.toString(this.bytes)
  }

  /** The whole lines so far, without their endings. */
  get lines(): readonly string[] {
    return this.#lines
  }

  /**
   * The next whole line that equals or matches, behind the one that the last call gave. Throws, with
   * all that came, where the stream ends without one.
   */
  async line(match: Match): Promise<string> {
    for (;;) {
      while (this.#position < this.#lines.length) {
        const line = this.#lines[this.#position++] ?? ''
        if (matches(match, line)) return line
      }
      if (this.#over) throw this.#missed(String(match))
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
  }

  /** Waits until `text` has come, in a line that may be unfinished. */
  async includes(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      if (this.#over) throw this.#missed(text)
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
  }

  #missed(what: string): Error {
    return new Error(`the output ended without ${what}; the process said:\n${this.#story()}`)
  }

  /** Waits until `count` bytes have come. */
  async total(count: number): Promise<void> {
    while (this.#size < count) {
      if (this.#over) throw this.#missed(`${count} bytes`)
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
  }

  #take(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#size += chunk.byteLength
    let start = 0
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      const line = b4a.concat([...this.#rest, chunk.subarray(start, end)])
      this.#lines.push(b4a.toString(line))
      this.#rest = []
      start = end + 1
    }
    if (start < chunk.byteLength) this.#rest.push(chunk.subarray(start))
  }

  #changed(): void {
    for (const resolve of this.#wake.splice(0)) resolve()
  }
}

function matches(match: Match, line: string): boolean {
  if (typeof match === 'string') return match === line
  return typeof match === 'function' ? match(line) : match.test(line)
}
