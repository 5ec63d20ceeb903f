import type { Test } from 'brittle'
import { arrives, startReader, startWriter } from './apps.ts'
import { Host } from './host.ts'

/** What is promised: a line, or a peer, is missing for no longer than this once it can be had. */
const SOON_MS = 15_000
/** The work that comes with the waiting: so many starts of a reader, on a machine as busy as this one. */
const STARTS = 3

/**
 * Tells whether something happens as soon as is promised, on a machine that has more to do: the time
 * that a reader takes meanwhile to start, and to meet its writer with nothing in the way, is added.
 */
export class Promptness {
  readonly #host: Host
  readonly #key: string
  readonly #flags: string[]

  private constructor(host: Host, key: string, flags: string[]) {
    this.#host = host
    this.#key = key
    this.#flags = flags
  }

  static async create(t: Test): Promise<Promptness> {
    const host = await Host.create(t)
    const nodes = await host.startScript('dht.ts').stdout.line(/^127/)
    const flags = ['--no-lan', '--bootstrap', nodes]
    const writer = await startWriter(host, flags)
    await writer.append('here')
    return new Promptness(host, writer.key, ['--start', '0', ...flags])
  }

  /** Asserts that `happens` is over soon. */
  async soon(t: Test, what: string, happens: () => Promise<void>): Promise<void> {
    const [ms, start] = await Promise.all([timeOf(happens), timeOf(() => this.#start())])
    const most = SOON_MS + STARTS * start
    t.ok(ms < most, `${what}: ${ms} ms, of ${most} ms at the most`)
  }

  async #start(): Promise<void> {
    const reader = await startReader(this.#host, this.#key, this.#flags)
    await arrives(reader, 'here')
    await reader.kill()
  }
}

async function timeOf(happens: () => Promise<void>): Promise<number> {
  const startedAt = Date.now()
  await happens()
  return Date.now() - startedAt
}
