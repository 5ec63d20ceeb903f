import { type Test, test } from 'brittle'
import HyperDHT from 'hyperdht'
import type { Connection } from 'hyperswarm'
import { DIAL_MEMBERS, askRelaysFirst } from '../../shared/upstream/hyperdht-dial.ts'
import { localPort } from '../../shared/upstream/hyperdht.ts'
import { bootstrap, closeTestnet } from '../helpers/testnet.ts'
import { hasMembers, installed } from './installed.ts'

const HOST = '127.0.0.1'
/** An address at which nothing listens. */
const NOWHERE = { host: HOST, port: 9 }

type Relays = (typeof NOWHERE)[]

interface Server {
  readonly publicKey: Uint8Array
  readonly relayAddresses: Relays
  listen(): Promise<void>
}

/** What these tests call beside what the apps call. Delete when upstream ships types. */
class DialingDHT extends HyperDHT {
  declare connect: (publicKey: Uint8Array, opts: { relayAddresses: Relays }) => Connection
  declare createServer: (opts: { handshakeClearWait: number }) => Server
  declare stats: { queries: { total: number } }
}

test(`${installed('hyperdht')}: findPeer and session are there`, (t) => {
  hasMembers(t, 'hyperdht', new Dialler(t).dht, DIAL_MEMBERS)
})

test(`${installed('hyperdht')}: a dial searches for relays, whether or not some are known`, async (t) => {
  const server = await listen(t)
  const dht = createNode(t)
  await dht.fullyBootstrapped()
  const before = dht.stats.queries.total
  await opened(dht.connect(server.publicKey, { relayAddresses: server.relayAddresses }))
  t.ok(dht.stats.queries.total > before)
})

test(`${installed('hyperdht')}: findPeer({ nodes, session }) waits, and is dropped by session.destroy`, async (t) => {
  const server = await listen(t)
  const dialler = new Dialler(t)
  await dialler.dht.fullyBootstrapped()
  await opened(dialler.dial(server.publicKey, server.relayAddresses))
  t.is(dialler.waits, 1)
  t.ok(dialler.isDropped, 'the peer has answered')
  t.is(dialler.searches, 0)
})

test(`${installed('hyperdht')}: where the known relays lead nowhere others are searched for`, async (t) => {
  const server = await listen(t)
  const dialler = new Dialler(t)
  await dialler.dht.fullyBootstrapped()
  const other = createNode(t)
  await other.fullyBootstrapped()
  const opening = opened(
    dialler.dial(server.publicKey, [{ host: HOST, port: localPort(other) ?? 0 }])
  )
  const begin = await dialler.waiting
  t.is(dialler.searches, 0)
  begin()
  await opening
  t.ok(dialler.searches > 0)
})

test(`${installed('hyperdht')}: without known relays nothing waits`, async (t) => {
  const server = await listen(t)
  const dialler = new Dialler(t)
  await dialler.dht.fullyBootstrapped()
  await opened(dialler.dial(server.publicKey, []))
  t.is(dialler.waits, 0)
})

test(`${installed('hyperdht')}: a dial that is given up searches for nothing`, async (t) => {
  const dialler = new Dialler(t)
  await dialler.dht.fullyBootstrapped()
  const connection = dialler.dial(NOBODY, [NOWHERE])
  const closed = new Promise((resolve) => connection.once('close', () => resolve(null)))
  await dialler.waiting
  connection.destroy()
  await closed
  t.ok(dialler.isDropped)
  t.is(dialler.searches, 0)
})

const NOBODY = new Uint8Array(32).fill(1)

/** A node of the DHT that asks known relays first, for as long as the test wants. */
class Dialler {
  readonly dht: DialingDHT
  /** Resolves once a search waits, to what ends that. */
  readonly waiting: Promise<() => void>
  /** How many searches have waited. */
  waits = 0
  /** Whether one of them was no longer wanted. */
  isDropped = false
  #before = 0

  constructor(t: Test) {
    this.dht = createNode(t)
    this.waiting = new Promise((resolve) => {
      askRelaysFirst(this.dht, (then) => {
        this.waits++
        resolve(then)
        return () => (this.isDropped = true)
      })
    })
  }

  dial(publicKey: Uint8Array, relayAddresses: Relays): Connection {
    this.#before = this.dht.stats.queries.total
    const connection = this.dht.connect(publicKey, { relayAddresses })
    connection.on('error', () => {})
    return connection
  }

  /** How many searches the last dial has begun. */
  get searches(): number {
    return this.dht.stats.queries.total - this.#before
  }
}

function opened(connection: Connection): Promise<void> {
  return new Promise((resolve) => connection.once('open', () => resolve()))
}

async function listen(t: Test): Promise<Server> {
  // a process does not end as long as a handshake is remembered
  const server = createNode(t).createServer({ handshakeClearWait: 1 })
  await server.listen()
  return server
}

function createNode(t: Test): DialingDHT {
  const dht = new DialingDHT({ bootstrap: bootstrap.split(',') })
  t.teardown(() => dht.destroy({ force: true }), { force: true })
  return dht
}

closeTestnet()
