import b4a from 'b4a'
import type { Test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { type FollowedFeed, followFeed } from '../../shared/feed/feed.ts'
import { createCopy } from '../helpers/cores.ts'
import { Host } from './host.ts'

/** A reader in this process that has nothing but a feed, and takes all that this brings. */
export class FeedOnlyReader {
  readonly core: Hypercore
  readonly host: Host
  readonly feed: FollowedFeed
  #wake: (() => void)[] = []

  private constructor(t: Test, core: Hypercore, host: Host) {
    this.core = core
    this.host = host
    this.feed = followFeed(
      core,
      { from: 0 },
      {
        onchange: () => {
          for (const resolve of this.#wake.splice(0)) resolve()
        },
        ondelivery: ({ stored, release }) => void stored.then(release),
        onend() {},
        onhops() {},
        onkept() {},
        onoffence: (_, reason) => t.fail(reason),
        onerror: t.fail
      }
    )
  }

  /** An empty copy of `log` on a host of its own. */
  static async start(t: Test, log: Hypercore): Promise<FeedOnlyReader> {
    const core = await createCopy(t, log)
    const reader = new FeedOnlyReader(t, core, await Host.start(t, core))
    t.teardown(() => reader.feed.close(), { force: true })
    return reader
  }

  /** Whether it follows `host` at present. */
  follows({ publicKey }: Host): boolean {
    const { source } = this.feed
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
