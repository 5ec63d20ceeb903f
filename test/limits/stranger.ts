import b4a from 'b4a'
import type { Test } from 'brittle'
import type { Encoder } from 'compact-encoding'
import caps from 'hypercore/lib/caps.js'
import { wire as replication } from 'hypercore/messages'
import HyperDHT from 'hyperdht'
import Hyperswarm, { type Connection } from 'hyperswarm'
import Protomux, { type Channel } from 'protomux'
import * as wire from '../../shared/feed/messages.ts'
import { bootstrap } from '../helpers/testnet.ts'
import { NAMES, REQUEST } from '../helpers/hostile.ts'

const encodings = replication as unknown as Record<string, Encoder<unknown>>
/** A stranger asks for this many blocks. */
const BLOCKS = 50

/** What a stranger tries on a connection, with the discovery key of a log in its hand. */
type Attempt = (connection: Connection, discoveryKey: Uint8Array) => void

/** Ways to a log that do not lead there. */
export const ATTEMPTS: Record<string, Attempt> = {
  'listens alone': () => {},
  'proves nothing': (connection, discoveryKey) => {
    askForBlocks(connection, discoveryKey, b4a.alloc(32))
  },
  'proves that it knows the discovery key': (connection, discoveryKey) => {
    askForBlocks(connection, discoveryKey, capability(connection, discoveryKey))
  },
  'proves what the other side has to prove': (connection, discoveryKey) => {
    askForBlocks(connection, discoveryKey, capability(connection, discoveryKey, true))
  },
  'asks by the feed alone': (connection, discoveryKey) => {
    const channel = open(connection, wire.PROTOCOL, discoveryKey)
    channel.open()
    const hops = channel.addMessage({ encoding: wire.status })
    const subscribe = channel.addMessage({ encoding: wire.subscribe })
    hops.send({ hops: wire.NO_PATH })
    subscribe.send({
      id: 1,
      fork: 0,
      length: 0,
      skip: { from: 0 },
      manifest: true,
      tree: null,
      waited: 0
    })
  }
}

/** What who holds `key` does: the way that leads there. */
export function knock(key: Uint8Array): Attempt {
  return (connection, discoveryKey) => {
    askForBlocks(connection, discoveryKey, capability(connection, key))
  }
}

/** A stranger in the swarm of a log, and all that it was sent there. */
export class Stranger {
  readonly #connections: Connection[]
  readonly #discoveryKey: Uint8Array
  readonly #received = new Map<Connection, Uint8Array[]>()

  private constructor(connections: Connection[], discoveryKey: Uint8Array) {
    this.#connections = connections
    this.#discoveryKey = discoveryKey
  }

  /** Joins the topic `discoveryKey`; resolves once it is connected to `count` peers. */
  static async join(t: Test, discoveryKey: Uint8Array, count: number): Promise<Stranger> {
    const swarm = new Hyperswarm({ dht: new HyperDHT({ bootstrap: bootstrap.split(',') }) })
    t.teardown(() => swarm.destroy(), { force: true })
    const connections: Connection[] = []
    const stranger = new Stranger(connections, discoveryKey)
    swarm.on('connection', (connection) => {
      stranger.#listen(connection)
      connections.push(connection)
    })
    const discovery = swarm.join(discoveryKey, { server: false, client: true })
    await swarm.flush()
    // they may not have announced themselves yet
    while (connections.length < count) {
      await discovery.refresh()
      await swarm.flush()
    }
    return stranger
  }

  /** The peers that it is connected to. */
  get publicKeys(): Uint8Array[] {
    return this.#connections.map(({ remotePublicKey }) => remotePublicKey)
  }

  /** Whether it was sent `text`, on any of its connections. */
  has(text: string): boolean {
    const sought = b4a.from(text)
    return [...this.#received.values()].some((chunks) => b4a.includes(b4a.concat(chunks), sought))
  }

  /** Resolves once it was sent `text`. */
  async hears(text: string): Promise<void> {
    while (!this.has(text)) {
      await new Promise<void>((resolve) => {
        for (const connection of this.#connections) connection.once('data', () => resolve())
      })
    }
  }

  /** Tries `attempt` on every peer; resolves once all have ended the connection. */
  async attempt(attempt: Attempt): Promise<void> {
    await Promise.all(
      this.#connections.map((connection) => {
        const ended = new Promise<void>((resolve) => connection.once('close', resolve))
        attempt(connection, this.#discoveryKey)
        return ended
      })
    )
  }

  #listen(connection: Connection): void {
    const chunks: Uint8Array[] = []
    this.#received.set(connection, chunks)
    connection.on('error', () => {})
    connection.on('data', (chunk) => chunks.push(b4a.from(chunk as Uint8Array)))
  }
}

function capability(connection: Connection, key: Uint8Array, inverted = false): Uint8Array {
  const { handshakeHash } = connection as Connection & { handshakeHash: Uint8Array }
  return caps.replicate(connection.isInitiator !== inverted, key, handshakeHash)
}

// as a peer of Hypercore does, though nobody has let it in
function askForBlocks(
  connection: Connection,
  discoveryKey: Uint8Array,
  capability: Uint8Array
): void {
  const channel = open(connection, 'hypercore/alpha', discoveryKey)
  channel.open({ seeks: true, capability })
  const [, request] = NAMES.map((name) => {
    const encoding = encodings[name]
    if (encoding === undefined) throw new Error(`Hypercore has no message ${name}`)
    return channel.addMessage({ encoding })
  })
  for (let index = 0; index < BLOCKS; index++) {
    request?.send({ ...REQUEST, id: index + 1, block: { index, nodes: 0 } })
  }
}

function open(connection: Connection, protocol: string, id: Uint8Array): Channel {
  const { handshake } = encodings
  const channel = Protomux.from(connection).createChannel({
    protocol,
    id,
    ...(protocol === 'hypercore/alpha' && handshake && { handshake })
  })
  if (channel === null) throw new Error('the channel is open already')
  return channel
}
