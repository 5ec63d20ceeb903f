import path from 'bare-path'
import { makeBackup, putBack } from '../helpers/backup.ts'
import type { Random } from '../helpers/random.ts'
import type { App } from './app.ts'
import { damageWal } from './disk.ts'
import type { Disk, WriterRun } from './history.ts'
import { intact, withoutWal } from './lineage.ts'

/** How many backups are kept. */
const BACKUPS = 3

/** What a writer has in `storage`, and what its disk is sure to hold after all that was done to it. */
export class WriterDisk {
  readonly #storage: string
  readonly #runs: WriterRun[]
  #backups: { folder: string; state: Disk }[] = []
  #made = 0
  /** Where a fault has harmed it since the last line was acknowledged. */
  #harmed: Disk | null = null

  constructor(storage: string, runs: WriterRun[]) {
    this.#storage = storage
    this.#runs = runs
  }

  /** What it is sure to hold. */
  get state(): Disk {
    return this.#harmed ?? intact(this.#runs)
  }

  /** A line was acknowledged: from now on it holds what the log is. */
  settle(): void {
    this.#harmed = null
  }

  /** Copies it as it is at one moment, while `app` writes to it. */
  async backUp(app: App): Promise<string> {
    if (this.state.unnoticed === null) return 'nothing to back up'
    await app.freeze()
    const { state } = this
    const folder = `${this.#storage} backup ${this.#made++ % BACKUPS}`
    makeBackup(this.#storage, folder)
    app.signal('SIGCONT')
    this.#backups = [...this.#backups.filter((other) => other.folder !== folder), { folder, state }]
    return `${path.basename(folder)} of ${state.unnoticed?.length ?? 0} blocks`
  }

  /** Puts one of the backups in its place; nothing may write to it. */
  restore(random: Random): string {
    const [first, ...others] = this.#backups
    if (!first) return 'there is no backup'
    const { folder, state } = random.pick([first, ...others])
    const { unnoticed: now } = this.state
    putBack(folder, this.#storage)
    this.#harmed = state
    return `back to ${path.basename(folder)}: ${state.unnoticed?.length ?? 0} blocks of ${now?.length ?? 0}`
  }

  /** Damages the write-ahead log in it; nothing may write to it. */
  damage(random: Random): string {
    const { unnoticed, accepted } = this.state
    this.#harmed = { unnoticed, accepted: withoutWal(accepted, this.#runs) }
    return damageWal(this.#storage, random)
  }
}
