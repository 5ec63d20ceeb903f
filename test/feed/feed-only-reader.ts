import b4a from 'b4a'
import type { Test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { type Feed, createFeed } from '../../shared/feed/feed.ts'
import type { Follower } from '../../shared/feed/follower.ts'
import { createCopy } from '../helpers/cores.ts'
import { Host } from './host.ts'

/** A reader in this process that has nothing but a feed, and takes all that this brings. */
export class FeedOnlyReader {
  readonly core: Hypercore
  readonly host: Host
  readonly #feed: Feed
  #wake: (() => void)[] = []

  private constructor(t: Test, core: Hypercore, host: Host) {
    this.core = core
    this.host = host
    this.#feed = createFeed(core, {
      onerror: t.fail,
      follow: {
        skip: { from: 0 },
        onchange: () => {
          for (const resolve of this.#wake.splice(0)) resolve()
        },
        ondelivery: ({ stored, release }) => void stored.then(release),
        onend: () => {},
        onmisbehaviour: (_, reason) => t.fail(reason)
      }
    })
  }

  /** An empty copy of `log` on a host of its own. */
  static async start(t: Test, log: Hypercore): Promise<FeedOnlyReader> {
    const core = await createCopy(t, log)
    const reader = new FeedOnlyReader(t, core, await Host.start(t, core))
    t.teardown(() => reader.#feed.close(), { force: true })
    return reader
  }

  get follower(): Follower {
    const { follower } = this.#feed
    if (follower === null) throw new Error('a reader follows')
    return follower
  }

  /** Whether it follows `host` at present. */
  follows({ publicKey }: Host): boolean {
    const { source } = this.follower
    return source !== null && b4a.equals(source.remotePublicKey, publicKey)
  }

  /** Resolves once `accept` holds, after some change of whom it follows. */
  async until(accept: () => boolean): Promise<void> {
    while (!accept()) await new Promise<void>((resolve) => this.#wake.push(resolve))
  }

  /** Resolves once it holds `length` blocks. */
  async holds(length: number): Promise<void> {
    const { core } = this
    while (core.length < length) await new Promise<void>((resolve) => core.once('append', resolve))
  }
}
