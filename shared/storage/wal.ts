import fs from 'bare-fs'
import type { Hypercore } from 'hypercore'
import { walFile } from '../upstream/hypercore-store.ts'

/**
 * The write-ahead log of a core's store. RocksDB hands every append to the system, which keeps it
 * through the end of the process; `sync` makes it survive a power cut as well.
 */
export class WriteAheadLog {
  readonly #core: Hypercore
  #open: { number: number; fd: number } | null = null

  constructor(core: Hypercore) {
    this.#core = core
  }

  /** Resolves once everything appended so far is on the disk itself. */
  async sync(): Promise<void> {
    // what was appended is in the file that took the last, or in one that has come since: that is asked
    // meanwhile
    const [{ number, path }] = await Promise.all([walFile(this.#core), this.#sync()])
    if (this.#open?.number === number) return
    this.close()
    this.#open = { number, fd: fs.openSync(path, 'r+') }
    await this.#sync()
  }

  async #sync(): Promise<void> {
    if (this.#open) await fs.fdatasync(this.#open.fd)
  }

  close(): void {
    if (this.#open) fs.closeSync(this.#open.fd)
    this.#open = null
  }
}
