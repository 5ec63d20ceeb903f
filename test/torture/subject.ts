import path from 'bare-path'
import type { Test } from 'brittle'
import { type AppName, command } from '../helpers/app.ts'
import type { Ending } from '../helpers/program.ts'
import { App, type Message } from './app.ts'
import type { Block } from './history.ts'
import { within } from './patience.ts'
import type { Peace } from './peace.ts'
import type { Place } from './place.ts'
import type { Trace } from './trace.ts'

/** A graceful stop takes no longer, however the network is. */
const STOP_MS = 20_000

/** What the status of an app says of a peer that it takes for hostile; here all are honest. */
const ACCUSED = /dropped a peer that (?!claims blocks and does not send them)/

/** What the subjects of a round share. */
export interface Round {
  t: Test
  /** Where they keep what they store. */
  folder: string
  /** The DHT's nodes, as --bootstrap takes them. */
  bootstrap: string
  peace: Peace
  trace: Trace
}

/** An app under test, which is started again and again on the same storage. */
export abstract class Subject {
  readonly name: string
  readonly place: Place
  readonly storage: string
  protected readonly round: Round
  readonly #command: string[]
  #app: App | null = null
  #ordered = false
  #waiting: (() => void)[] = []

  constructor(round: Round, name: string, place: Place, app: AppName, args: string[]) {
    const { folder, bootstrap } = round
    this.round = round
    this.name = name
    this.place = place
    this.storage = path.join(folder, name.replace(' ', '-'))
    const own = ['--storage', this.storage, '--bootstrap', bootstrap, '--no-lan']
    this.#command = [...place.enter, ...command(app), '--json', ...own, ...args]
  }

  get app(): App {
    if (this.#app === null) throw new Error(`${this.name} was never started`)
    return this.#app
  }

  /** What can be disturbed between it and the others. */
  get parts(): string[] {
    return [this.name, linkOf(this)]
  }

  /** Starts the app once more. */
  start(): void {
    this.launch([])
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.#ordered = true
    this.app.signal('SIGKILL')
    await this.app.ending
  }

  /** SIGTERM, and whatever the app does before it ends. */
  async stop(): Promise<void> {
    const ended = this.app.ended
    this.#ordered = true
    this.app.signal('SIGTERM')
    const ending = await within(this.app.ending, STOP_MS, () => `${this.name} has not stopped`)
    // before it has taken over its signals, one ends it at once
    if (!ended && ending !== 143 && ending !== 'SIGTERM' && !this.endedByItself(ending)) {
      this.round.trace.violation(`${this.name} ended with ${ending} where it was told to stop`)
    }
  }

  /** What its runs have come to, by the log in the end. */
  abstract summary(log: Block[]): string

  /** Begins the record of a run; returns what is told of all that the run says on stdout. */
  protected abstract begin(): (message: Message) => void

  /** Called with the app of that run. */
  protected started(_app: App): void {}

  /** Called with each line of its status. */
  protected saw(_status: string): void {}

  /** Called once the app has ended, and all its output has been told. */
  protected over(): void {}

  /** Called where the app ended by itself; returns whether it may. */
  protected endedByItself(_ending: Ending): boolean {
    return false
  }

  /** Called once the app has ended by itself, as it may. */
  protected left(): void {}

  /** Starts the app with `flags`. */
  protected launch(flags: string[]): void {
    const { t, trace } = this.round
    this.#ordered = false
    const onmessage = this.begin()
    const app = new App(t, [...this.#command, ...flags], {
      onmessage: (message) => {
        onmessage(message)
        this.#changed()
      },
      ongarbage: (line) => trace.violation(`${this.name} said '${line}' on stdout`),
      onstatus: (line) => {
        trace.note(this.name, line)
        this.saw(line)
        if (ACCUSED.test(line)) trace.violation(`an honest peer was accused: ${line}`)
      }
    })
    this.#app = app
    void app.ending.then((ending) => {
      this.over()
      if (!this.#ordered) {
        if (this.endedByItself(ending)) this.left()
        else trace.violation(`${this.name} ended by itself: ${ending}`)
      }
      this.#changed()
    })
    this.started(app)
  }

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

/** What has an app keep its last `keep` blocks; Infinity for all. */
export function keepFlags(keep: number): string[] {
  return keep === Infinity ? [] : ['--keep', String(keep)]
}

/** What the peace of a subject's link is known by. */
export function linkOf({ name }: { name: string }): string {
  return `the link of ${name}`
}
