import type { Test } from 'brittle'
import Hypercore from 'hypercore'
import HyperDHT from 'hyperdht'
import type { Connection } from 'hyperswarm'
import { bootstrap } from '../helpers/testnet.ts'
import { Stranger } from './stranger.ts'

/** Any number of peers that all want to be connected to one. */
export class Flood {
  readonly #dht: HyperDHT
  readonly #copy: Hypercore
  readonly #victim: Uint8Array
  readonly #dialled: Promise<void>[] = []
  readonly #open = new Set<Connection>()
  #onend: (() => void) | null = null

  private constructor(copy: Hypercore, victim: Uint8Array) {
    this.#dht = new HyperDHT({ bootstrap: bootstrap.split(',') })
    this.#copy = copy
    this.#victim = victim
  }

  /** Finds the only peer of the log `key`, its victim. */
  static async find(t: Test, key: Uint8Array): Promise<Flood> {
    const finder = await Stranger.join(t, Hypercore.discoveryKey(key), 1)
    const copy = new Hypercore(await t.tmp(), key, { eagerUpgrade: false })
    await copy.ready()
    const [victim] = finder.publicKeys
    if (victim === undefined) throw new Error('nobody was found')
    const flood = new Flood(copy, victim)
    t.teardown(
      async () => {
        await flood.#dht.destroy({ force: true })
        await copy.close()
      },
      { force: true }
    )
    return flood
  }

  /** How many connections are open. */
  get open(): number {
    return this.#open.size
  }

  /** Dials `count` times, each time as somebody else; where `holding`, as one who has the key. */
  connect(count: number, { holding }: { holding: boolean }): void {
    for (let i = 0; i < count; i++) {
      const connection = this.#dht.connect(this.#victim, { keyPair: HyperDHT.keyPair() })
      connection.on('error', () => {})
      const dialled = new Promise<void>((resolve) => {
        connection.once('open', () => {
          this.#open.add(connection)
          if (holding) this.#copy.replicate(connection)
          resolve()
        })
        connection.once('close', () => {
          this.#open.delete(connection)
          this.#onend?.()
          resolve()
        })
      })
      this.#dialled.push(dialled)
    }
  }

  /** Resolves once all have dialled, and no more than `count` connections are left. */
  async settled(count: number): Promise<void> {
    await Promise.all(this.#dialled)
    while (this.#open.size > count) {
      await new Promise<void>((resolve) => {
        this.#onend = resolve
      })
    }
  }
}
