/** What happened when, for whoever has to find out why a round failed. */
export class Trace {
  readonly #startedAt = Date.now()
  readonly #lines: string[] = []
  readonly #violations: string[] = []
  #fail: (err: Error) => void = () => {}
  /** Rejects with the first promise that is broken while the round is under way. */
  readonly failed = new Promise<never>((_, reject) => {
    this.#fail = reject
  })

  constructor() {
    // a round that is over by then reports what it has noted
    this.failed.catch(() => {})
  }

  /** Whether the round is over before its time. */
  get broken(): boolean {
    return this.#violations.length > 0
  }

  get violations(): readonly string[] {
    return this.#violations
  }

  note(who: string, what: string): void {
    const seconds = ((Date.now() - this.#startedAt) / 1000).toFixed(3)
    this.#lines.push(`${seconds.padStart(8)} ${who}: ${what}`)
  }

  violation(what: string): void {
    this.note('violation', what)
    this.#violations.push(what)
    this.#fail(new Error(what))
  }

  toString(): string {
    return this.#lines.join('\n')
  }
}
