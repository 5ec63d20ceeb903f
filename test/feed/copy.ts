import b4a from 'b4a'
import type { Test } from 'brittle'
import Hypercore from 'hypercore'
import { FollowedLog } from '../../shared/replication/followed-log.ts'
import type { OverlayFeed } from '../../shared/replication/overlay.ts'

/** A reader in this process: a local copy, brought by what the reader app is made of. */
export class Copy {
  readonly core: Hypercore
  /** The blocks in the order in which they came, as text. */
  readonly lines: string[] = []
  /** The number of each of these blocks. */
  readonly seqs: number[] = []
  /** Why peers were dropped. */
  readonly offences: string[] = []
  /** Blocks that plain replication brought. */
  downloads = 0
  readonly #log: FollowedLog
  #wake: (() => void)[] = []

  private constructor(core: Hypercore, position: number) {
    this.core = core
    core.on('download', () => this.downloads++)
    const events = {
      onhops() {},
      onmanifest() {},
      mayDrop: () => true,
      standing: () => Infinity,
      onerror(err: unknown) {
        throw err
      }
    }
    this.#log = new FollowedLog(core, { from: position }, events, (peer, reason, { ban }) => {
      if (ban) this.offences.push(reason)
      peer.stream.destroy()
      this.#changed()
    })
    void this.#read()
  }

  /** A copy of the log with `key` in `storage`, read from block `position` on. */
  static async open(
    t: Test,
    key: Uint8Array,
    { position = 0, storage }: { position?: number; storage?: string } = {}
  ): Promise<Copy> {
    const core = new Hypercore(storage ?? (await t.tmp()), key, {
      writable: false,
      eagerUpgrade: false
    })
    await core.ready()
    const copy = new Copy(core, position)
    t.teardown(() => copy.close(), { force: true })
    return copy
  }

  /** Connections between this copy and the writer. */
  get hops(): number {
    return this.#log.hops
  }

  /** What the overlay is to know of the peers. */
  get feed(): OverlayFeed {
    return this.#log.feed
  }

  /** Resolves once `count` blocks have come. */
  async until(count: number): Promise<void> {
    while (this.lines.length < count) {
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
  }

  /** Resolves to why the first peer was dropped, once one was. */
  async dropped(): Promise<string> {
    for (;;) {
      const [reason] = this.offences
      if (reason !== undefined) return reason
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
  }

  async #read(): Promise<void> {
    for await (const step of this.#log.blocks()) {
      if (!('blocks' in step)) continue
      for (const [i, block] of step.blocks.entries()) {
        this.seqs.push(step.seq + i)
        this.lines.push(b4a.toString(block))
      }
      this.#changed()
    }
  }

  #changed(): void {
    for (const resolve of this.#wake.splice(0)) resolve()
  }

  async close(): Promise<void> {
    await this.#log.close()
    await this.core.close()
  }
}
