import b4a from 'b4a'
import type { Test } from 'brittle'
import type { Hypercore } from 'hypercore'
import HyperDHT, { type Server } from 'hyperdht'
import type { Connection } from 'hyperswarm'
import { serveFeed } from '../../shared/feed/feed.ts'
import { bootstrap } from '../helpers/testnet.ts'

/** The writer's `log` and its feed, on a host of its own. */
export function serve(t: Test, log: Hypercore): Promise<Host> {
  serveFeed(log, { onrival() {}, onerror: (err) => t.fail(String(err)) })
  return Host.start(t, log)
}

/** A place on the network that replicates one log with whom it is connected to, and with no other. */
export class Host {
  readonly core: Hypercore
  readonly #dht: HyperDHT
  readonly #server: Server
  readonly #connections = new Set<Connection>()

  private constructor(core: Hypercore) {
    this.core = core
    this.#dht = new HyperDHT({ bootstrap: bootstrap.split(',') })
    this.#server = this.#dht.createServer((connection) => this.#replicate(connection))
  }

  static async start(t: Test, core: Hypercore): Promise<Host> {
    const host = new Host(core)
    t.teardown(() => host.close(), { force: true })
    await host.#server.listen()
    return host
  }

  get publicKey(): Uint8Array {
    return this.#server.publicKey
  }

  /** Connects to `other`; resolves once both replicate. */
  async connect(other: Host): Promise<void> {
    const connection = this.#dht.connect(other.publicKey)
    const met = [this, other].map(({ core }) => {
      return new Promise<void>((resolve) => core.once('peer-add', () => resolve()))
    })
    connection.once('open', () => this.#replicate(connection))
    connection.on('error', () => {})
    await Promise.all(met)
  }

  /** Ends the connection with `other`; resolves once neither replicates it. */
  async disconnect(other: Host): Promise<void> {
    for (const connection of this.#connections) {
      if (!b4a.equals(connection.remotePublicKey, other.publicKey)) continue
      const parted = [this, other].map(({ core }) => {
        return new Promise<void>((resolve) => core.once('peer-remove', () => resolve()))
      })
      connection.destroy()
      await Promise.all(parted)
    }
  }

  #replicate(connection: Connection): void {
    this.#connections.add(connection)
    connection.on('close', () => this.#connections.delete(connection))
    this.core.replicate(connection)
  }

  /** Leaves, and ends every connection. */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy()
    await this.#server.close()
    await this.#dht.destroy()
  }
}
