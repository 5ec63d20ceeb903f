import path from 'bare-path'
import type { Ending } from '../helpers/program.ts'
import { Random } from '../helpers/random.ts'
import type { App, Message } from './app.ts'
import { damageWal, makeBackup, putBack } from './disk.ts'
import type { Disk, LineNumber, Witness, WriterRun } from './history.ts'
import { intact, withoutWal } from './lineage.ts'
import type { Lines } from './lines.ts'
import type { Place } from './place.ts'
import type { Reader } from './reader.ts'
import { type Round, Subject, linkOf } from './subject.ts'

/** Lines in one write: what a program pours out. */
const BURST = 1200
/** Lines in a row, each in a write of its own. */
const SINGLES = 30
const GAP_MS = 40
const SILENCE_MS = 800
/** An app that is undisturbed for as long has met all others that are. */
const SETTLED_MS = 5000
/** Once the DHT is back, everything is announced there again after as long. */
const ANNOUNCED_MS = 20_000
/** How many backups are kept. */
const BACKUPS = 3

/** What a writer says that has lost blocks, before it ends with code 1. */
const REFUSAL = /--accept-loss/

/**
 * A writer that is given numbered lines as long as it runs, at a pace that keeps changing. No line
 * is ever given twice: what was written to a run that was killed is stored or lost.
 */
export class Writer extends Subject {
  readonly runs: WriterRun[] = []
  /** The readers that it may meet. */
  readonly readers: Reader[] = []
  readonly #lines: Lines
  readonly #random: Random
  #backups: { folder: string; disk: Disk }[] = []
  #made = 0
  #key = ''
  #next = 0
  #calm = false
  #feeding: Promise<void> = Promise.resolve()
  /** What is on its disk, where a fault has harmed it since the last line was acknowledged. */
  #harmed: Disk | null = null
  #accepts = false
  #refusal = false
  #witnesses: () => Witness[] = () => []

  constructor(round: Round, place: Place, lines: Lines, random: Random) {
    super(round, 'writer', place, 'writer-app', [])
    this.#lines = lines
    this.#random = random
  }

  /** Resolves to the key of the log, once the first run has printed it. */
  async key(): Promise<string> {
    await this.until(this.app, () => this.#key !== '')
    return this.#key
  }

  /** The number of the last line that it was given. */
  get last(): number {
    return this.#next - 1
  }

  /** What its disk is sure to hold. */
  get disk(): Disk {
    return this.#harmed ?? intact(this.runs)
  }

  override start(): void {
    this.launch(this.#accepts ? ['--accept-loss'] : [])
  }

  /** Copies what is on its disk as it is at this moment. */
  async backUp(): Promise<void> {
    const { app, disk } = this
    if (disk.unnoticed === null) return
    await app.freeze()
    const folder = path.join(this.round.folder, `backup ${this.#made++ % BACKUPS}`)
    const backup = { folder, disk: this.disk }
    makeBackup(this.storage, folder)
    app.signal('SIGCONT')
    this.#backups = [...this.#backups.filter((other) => other.folder !== folder), backup]
  }

  /** Puts one of the backups in the place of what is on its disk; it must not run. */
  restore(random: Random): string {
    const [first, ...others] = this.#backups
    if (!first) return 'there is no backup'
    const { folder, disk } = random.pick([first, ...others])
    const now = this.disk.unnoticed?.length ?? 0
    putBack(folder, this.storage)
    this.#harmed = disk
    return `back to ${disk.unnoticed?.length ?? 0} blocks of ${now}`
  }

  /** Damages its write-ahead log; it must not run. */
  damage(random: Random, accepts: boolean): string {
    const { unnoticed, accepted } = this.disk
    this.#harmed = { unnoticed, accepted: withoutWal(accepted, this.runs) }
    this.#accepts ||= accepts
    return damageWal(this.storage, random)
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

  summary(log: LineNumber[]): string {
    const acknowledged = this.runs.reduce((sum, run) => sum + acknowledgedBy(run), 0)
    const refusals = this.runs.filter(({ refused }) => refused).length
    return `${this.#next} lines in ${this.runs.length} runs, ${acknowledged} acknowledged, ${log.length} stored, ${refusals} refusals`
  }

  protected begin(): (message: Message) => void {
    const run: WriterRun = {
      first: this.#next,
      sent: 0,
      acknowledged: [],
      disk: this.disk,
      accepts: this.#accepts,
      refused: false,
      witnesses: []
    }
    this.runs.push(run)
    this.#refusal = false
    this.#witnesses = this.#watch()
    return ({ tag, data: { key = '', length = -1 } }) => {
      if (tag === 'append') {
        if (run.acknowledged.length === 0) run.witnesses = this.#witnesses()
        run.acknowledged.push(length)
        this.#harmed = null
        this.#accepts = false
      }
      if (tag !== 'key') return
      if (this.#key !== '' && this.#key !== key) this.round.trace.violation('the key has changed')
      this.#key = key
    }
  }

  protected override started(app: App): void {
    const run = this.runs.at(-1)
    if (run) this.#feeding = this.#feed(app, run, new Random(this.#random.below(2 ** 32)))
  }

  protected override saw(status: string): void {
    this.#refusal ||= REFUSAL.test(status)
  }

  protected override endedByItself(ending: Ending): boolean {
    const run = this.runs.at(-1)
    if (!run || ending !== 1 || !this.#refusal) return false
    run.refused = true
    if (run.acknowledged.length === 0) run.witnesses = this.#witnesses()
    // a person tries once more as it is, or agrees
    this.#accepts = this.#random.chance(0.7)
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
    const seen = this.readers.flatMap((reader) => (reader.tip ? [{ reader, tip: reader.tip }] : []))
    return () => {
      const within =
        peace.disturbances(this.name) === disturbances &&
        peace.lasts(now - SETTLED_MS, [linkOf(this)]) &&
        peace.lasts(now - ANNOUNCED_MS, ['the DHT'])
      return seen
        .filter(({ reader }) => within && peace.lasts(now - SETTLED_MS, reader.parts))
        .map(({ reader, tip }) => ({ reader: reader.name, tip }))
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
