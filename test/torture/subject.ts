import path from 'bare-path'
import type { Test } from 'brittle'
import { type AppName, PRIVATE, command } from '../helpers/app.ts'
import { App, type Message } from './app.ts'
import type { LineNumber } from './history.ts'
import { within } from './patience.ts'
import type { Trace } from './trace.ts'

/** A graceful stop takes no longer, however the network is. */
const STOP_MS = 20_000

/** What the status of an app says of a peer whom it takes for hostile; here all are honest. */
const ACCUSED = /dropped a peer that (?!claims blocks and does not send them)/

/** An app under test, which is started again and again on the same storage. */
export abstract class Subject {
  readonly name: string
  readonly storage: string
  protected readonly trace: Trace
  readonly #t: Test
  readonly #command: string[]
  #app: App | null = null
  #ordered = false
  #waiting: (() => void)[] = []

  constructor(t: Test, name: string, app: AppName, flags: string[], folder: string, trace: Trace) {
    this.#t = t
    this.name = name
    this.storage = path.join(folder, name.replace(' ', '-'))
    this.trace = trace
    this.#command = [...command(app), '--json', ...flags, '--storage', this.storage, ...PRIVATE]
  }

  get app(): App {
    if (this.#app === null) throw new Error(`${this.name} was never started`)
    return this.#app
  }

  /** Starts the app once more. */
  start(): void {
    this.#ordered = false
    const onmessage = this.begin()
    const app = new App(this.#t, this.#command, {
      onmessage: (message) => {
        onmessage(message)
        this.#changed()
      },
      onstatus: (line) => {
        this.trace.note(this.name, line)
        if (ACCUSED.test(line)) this.trace.violation(`an honest peer was accused: ${line}`)
      }
    })
    this.#app = app
    void app.ending.then((ending) => {
      this.#changed()
      if (!this.#ordered) this.trace.violation(`${this.name} ended by itself: ${ending}`)
    })
    this.started(app)
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.#ordered = true
    this.app.signal('SIGKILL')
    await this.app.ending
  }

  /** SIGTERM, and whatever the app does before it ends. */
  async stop(): Promise<void> {
    this.#ordered = true
    this.app.signal('SIGTERM')
    const ending = await within(this.app.ending, STOP_MS, () => `${this.name} has not stopped`)
    // before it has taken over its signals, one ends it at once
    if (ending !== 143 && ending !== 'SIGTERM') {
      this.trace.violation(`${this.name} ended with ${ending} where it was told to stop`)
    }
  }

  /** What its runs have come to, by the log in the end. */
  abstract summary(log: LineNumber[]): string

  /** Begins the record of a run; returns what is told of all that the run says on stdout. */
  protected abstract begin(): (message: Message) => void

  /** Called with the app of that run. */
  protected started(_app: App): void {}

  /** Resolves once `done` says so, or `app` has ended. */
  protected async until(app: App, done: () => boolean): Promise<void> {
    while (!done() && !app.ended) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
