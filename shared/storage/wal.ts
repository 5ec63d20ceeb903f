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
    const { number, path } = await walFile(this.#core)
    if (this.#open?.number !== number) {
      // what the file before took has moved to a table by now, or is about to
      if (this.#open) await this.#sync()
      this.close()
      this.#open = { number, fd: fs.openSync(path, 'r+') }
    }
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
