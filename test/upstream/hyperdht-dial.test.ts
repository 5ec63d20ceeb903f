import { type Test, test } from 'brittle'
import HyperDHT, { type Server } from 'hyperdht'
import type { Connection } from 'hyperswarm'
import { DIAL_MEMBERS, askRelaysFirst } from '../../shared/upstream/hyperdht-dial.ts'
import { localPort } from '../../shared/upstream/hyperdht.ts'
import { bootstrap, closeTestnet } from '../helpers/testnet.ts'
import { hasMembers, installed } from './installed.ts'

const HOST = '127.0.0.1'
/** An address at which nothing listens. */
const NOWHERE = { host: HOST, port: 9 }

const NOBODY = new Uint8Array(32).fill(1)

type Relays = (typeof NOWHERE)[]

test(`${installed('hyperdht')}: findPeer is there`, (t) => {
  hasMembers(t, 'hyperdht', createNode(t), DIAL_MEMBERS)
})

test(`${installed('hyperdht')}: a dial searches for relays by findPeer, though some are known`, async (t) => {
  const { publicKey, relayAddresses } = await listen(t)
  const dialler = new Dialler(t, { relaysFirst: false })
  await dialler.dial(publicKey, relayAddresses)
  t.ok(dialler.searches > 0)
})

test(`${installed('hyperdht')}: none is begun where a known relay leads to the peer`, async (t) => {
  const { publicKey, relayAddresses } = await listen(t)
  const dialler = new Dialler(t)
  await dialler.dial(publicKey, relayAddresses)
  await dialler.waiting
  t.ok(dialler.isStopped, 'it goes on as soon as session.destroy says that the peer has answered')
  t.is(dialler.searches, 0)
})

test(`${installed('hyperdht')}: where the known relays lead nowhere one is begun, and leads to the peer`, async (t) => {
  const { publicKey } = await listen(t)
  const other = createNode(t)
  await other.fullyBootstrapped()
  const dialler = new Dialler(t)
  const dialled = dialler.dial(publicKey, [{ host: HOST, port: localPort(other) ?? 0 }])
  const end = await dialler.waiting
  t.is(dialler.searches, 0)
  end()
  await dialled
  t.is(dialler.searches, 1)
})

test(`${installed('hyperdht')}: one is begun at once where no relay is known`, async (t) => {
  const { publicKey } = await listen(t)
  const dialler = new Dialler(t)
  await dialler.dial(publicKey, [])
  t.is(dialler.searches, 1)
})

test(`${installed('hyperdht')}: a dial that is given up ends the waiting, and searches for nothing`, async (t) => {
  const dialler = new Dialler(t)
  const dialled = dialler.dial(NOBODY, [NOWHERE])
  await dialler.waiting
  dialler.giveUp()
  await t.exception(dialled, /closed/)
  t.ok(dialler.isStopped)
  t.is(dialler.searches, 0)
})

test(`${installed('hyperdht')}: an announcer does not wait`, async (t) => {
  const { publicKey, relayAddresses } = await listen(t)
  const { dht } = new Dialler(t)
  await dht.fullyBootstrapped()
  let found = 0
  for await (const _ of dht.findPeer(publicKey, { nodes: relayAddresses })) found++
  t.ok(found > 0)
})

/** A node of the DHT that asks known relays first, for as long as the test wants. */
class Dialler {
  readonly dht: HyperDHT
  /** Resolves once a search waits, to what ends that. */
  readonly waiting: Promise<() => void>
  /** How many searches dials have begun. */
  searches = 0
  /** Whether one that waited was no longer wanted. */
  isStopped = false
  #connection: Connection | null = null

  constructor(t: Test, { relaysFirst } = { relaysFirst: true }) {
    const dht = createNode(t)
    this.dht = dht
    const findPeer = dht.findPeer.bind(dht)
    dht.findPeer = (publicKey, opts) => {
      if (opts?.session !== undefined) this.searches++
      return findPeer(publicKey, opts)
    }
    this.waiting = new Promise((resolve) => {
      if (!relaysFirst) return
      askRelaysFirst(dht, (then) => {
        resolve(then)
        return () => (this.isStopped = true)
      })
    })
  }

  /** Resolves once a connection is open; rejects where it is closed before. */
  async dial(publicKey: Uint8Array, relayAddresses: Relays): Promise<void> {
    await this.dht.fullyBootstrapped()
    const connection = this.dht.connect(publicKey, { relayAddresses })
    this.#connection = connection
    connection.on('error', () => {})
    await new Promise<void>((resolve, reject) => {
      connection.once('open', () => resolve())
      connection.once('close', () => reject(new Error('it was closed')))
    })
  }

  giveUp(): void {
    this.#connection?.destroy()
  }
}

async function listen(t: Test): Promise<Server> {
  const server = createNode(t).createServer()
  t.teardown(() => server.close(), { force: true })
  await server.listen()
  return server
}

function createNode(t: Test): HyperDHT {
  const dht = new HyperDHT({ bootstrap: bootstrap.split(',') })
  t.teardown(() => dht.destroy({ force: true }), { force: true })
  return dht
}

closeTestnet()
