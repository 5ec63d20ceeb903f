import b4a from 'b4a'
import os from 'bare-os'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import HyperDHT from 'hyperdht'
import type Hyperswarm from 'hyperswarm'
import type { Connection } from 'hyperswarm'
import { bindPort, localPort } from '../../shared/upstream/hyperdht.ts'
import {
  SWARM_MEMBERS,
  connectionWith,
  createSwarmWith,
  deferPeer,
  dialAt,
  dialCounts,
  filterFound,
  forgetPeer,
  giveUpDials,
  isDeferred,
  limitDials,
  publicKeyOf
} from '../../shared/upstream/hyperswarm.ts'
import {
  CONNECTION_MEMBERS,
  isOwnDial,
  packetsReceived,
  payloadReceived,
  timeoutsInARow,
  unreadBytes
} from '../../shared/upstream/hyperswarm-connection.ts'
import { Program } from '../helpers/program.ts'
import { bootstrap, closeTestnet } from '../helpers/testnet.ts'
import { hasMembers, installed } from './installed.ts'
import { untilQueued } from './queue.ts'

const TOPIC = b4a.alloc(32, 1)
const HOST = '127.0.0.1'
const DIALS = 8
const MEGABYTE = b4a.alloc(1024 * 1024)
const POLL_MS = 20

test(`${installed('hyperswarm')}: the dialler of a swarm is there`, (t) => {
  hasMembers(t, 'hyperswarm', createSwarm(t), SWARM_MEMBERS)
})

test(`${installed('hyperswarm')}: maxParallel peers are dialled at once`, async (t) => {
  const swarm = createSwarm(t)
  await bindPort(swarm.dht)
  for (let i = 1; i <= DIALS + 2; i++) {
    dialAt(swarm, TOPIC, { publicKey: b4a.alloc(32, i), host: HOST, port: 9 })
  }
  t.is(swarm.connecting, DIALS)
})

test(`${installed('hyperswarm')}: maxPeers and maxParallel bound the dials, as they are now`, async (t) => {
  const swarm = createSwarm(t)
  limitDials(swarm, 64, DIALS)
  await bindPort(swarm.dht)
  for (let i = 1; i <= 2 * DIALS; i++) {
    dialAt(swarm, TOPIC, { publicKey: b4a.alloc(32, i), host: HOST, port: 9 })
  }
  t.is(swarm.connecting, DIALS)
  limitDials(swarm, DIALS + 2, 64)
  t.is(swarm.connecting, DIALS + 2, 'more are dialled at once when a limit grows')
  t.is(dialCounts(swarm).attempted, DIALS + 2)
  t.is(dialCounts(swarm).opened, 0)

  limitDials(swarm, 0, 64)
  t.is(giveUpDials(swarm), DIALS + 2)
  t.is(giveUpDials(swarm), 0, 'each once')
  while (swarm.connecting > 0) await new Promise<void>((resolve) => swarm.once('update', resolve))
  t.pass('those under way are given up')
})

test(`${installed('hyperswarm')}: _handlePeer is asked of each peer that is found`, async (t) => {
  const swarm = createSwarm(t)
  await bindPort(swarm.dht)
  const asked: number[] = []
  filterFound(swarm, ([first = 0], told) => told && asked.push(first) > 1)
  for (const i of [1, 2]) {
    dialAt(swarm, TOPIC, { publicKey: b4a.alloc(32, i), host: HOST, port: 9 })
  }
  t.alike(asked, [1, 2])
  t.is(swarm.connecting, 1)
})

test(`${installed('hyperswarm')}: isInitiator tells which end has dialled`, async (t) => {
  const { near, far } = await meet(createSwarm(t), createSwarm(t))
  t.alike([near, far].map(isOwnDial), [true, false])
})

test(`${installed('hyperswarm')}: reconnect(false) ends the dialling of a peer`, async (t) => {
  const [server, client] = [createSwarm(t), createSwarm(t)]
  const { near } = await meet(client, server)
  const closed = new Promise<void>((resolve) => near.once('close', () => resolve()))
  forgetPeer(client, publicKeyOf(server))
  near.destroy()
  await closed
  t.is(client.peers.size, 0, 'it is not kept to be dialled again')
})

test(`${installed('hyperswarm')}: a peer that was tried, and not proven, is dialled after one that was not`, async (t) => {
  const swarm = createSwarmWith(new HyperDHT({ bootstrap: bootstrap.split(',') }), DIALS)
  t.teardown(() => swarm.destroy(), { force: true })
  swarm.join(TOPIC, { server: false, client: true })
  await bindPort(swarm.dht)
  const [silent, other] = [b4a.alloc(32, 1), b4a.alloc(32, 2)]
  dialAt(swarm, TOPIC, { publicKey: silent, host: HOST, port: 9 })
  limitDials(swarm, 0, 1)
  giveUpDials(swarm)
  while (connectionWith(swarm, silent)) {
    await new Promise<void>((resolve) => swarm.once('update', resolve))
  }
  deferPeer(swarm, silent, false)
  dialAt(swarm, TOPIC, { publicKey: other, host: HOST, port: 9 })
  t.ok(isDeferred(swarm, silent), 'it waits to be')
  await untilQueued(swarm, silent)
  t.ok(isDeferred(swarm, silent), 'or is queued')
  t.absent(isDeferred(swarm, other))
  limitDials(swarm, 1, 1)
  t.ok(connectionWith(swarm, other))
  t.absent(connectionWith(swarm, silent))
})

test(`${installed('hyperswarm')}: _handlePeer dials an address, with no DHT`, async (t) => {
  const [server, client] = [createSwarm(t), createSwarm(t)]
  const { near, far } = await meet(client, server)
  t.ok(b4a.equals(near.remotePublicKey, publicKeyOf(server)), 'keyPair names the one')
  t.ok(b4a.equals(far.remotePublicKey, publicKeyOf(client)), 'and the other')
})

test(`${installed('hyperswarm')}: _allConnections has a dial that is under way`, async (t) => {
  const [server, client] = [createSwarm(t), createSwarm(t)]
  const key = publicKeyOf(server)
  t.is(connectionWith(client, key), undefined)
  const meeting = meet(client, server)
  await new Promise<void>((resolve) => client.once('update', resolve))
  const dial = connectionWith(client, key)
  t.ok(dial, 'as soon as it has begun')
  t.is(client.connections.size, 0, 'where connections has none yet')
  t.is((await meeting).near, dial)
})

test(`${installed('hyperswarm')}: _writableState.buffered counts what is not read`, async (t) => {
  const { near, far } = await meet(createSwarm(t), createSwarm(t))
  hasMembers(t, 'hyperswarm', near, CONNECTION_MEMBERS)
  t.is(unreadBytes(near), 0, 'nothing at first')
  const COUNT = 16
  for (let i = 0; i < COUNT; i++) near.write(MEGABYTE)
  t.ok(unreadBytes(near) >= COUNT * MEGABYTE.byteLength, 'all that was written')
  const drained = new Promise<void>((resolve) => near.once('drain', resolve))
  far.resume()
  await drained
  t.ok(unreadBytes(near) < MEGABYTE.byteLength, 'and no more, once it is read')
})

test(`${installed('hyperswarm')}: rtoCount counts the times that nothing was acknowledged`, async (t) => {
  const script = path.join(import.meta.dirname, 'listener.ts')
  const listener = new Program(t, [os.execPath(), script])
  const [key = '', port = ''] = (await listener.stdout.line(/ /)).split(' ')
  const client = createSwarm(t)
  const opened = new Promise<Connection>((resolve) => client.once('connection', resolve))
  dialAt(client, TOPIC, { publicKey: b4a.from(key, 'hex'), host: HOST, port: Number(port) })
  const connection = await opened
  t.is(timeoutsInARow(connection), 0)
  let closed = false
  connection.on('error', () => {})
  connection.on('close', () => {
    closed = true
  })
  listener.signal('SIGSTOP')
  connection.write(b4a.from('hello'))
  while (!closed && timeoutsInARow(connection) < 2) {
    await new Promise<void>((resolve) => setTimeout(resolve, POLL_MS))
  }
  t.absent(closed, 'a peer that is silent is counted, before the connection gives up')
  listener.signal('SIGCONT')
  while (!closed && timeoutsInARow(connection) > 0) {
    await new Promise<void>((resolve) => setTimeout(resolve, POLL_MS))
  }
  t.absent(closed, 'until it answers')
})

test(`${installed('hyperswarm')}: packetsReceived counts packets that but acknowledge`, async (t) => {
  const { near, far } = await meet(createSwarm(t), createSwarm(t))
  far.resume()
  // more than may still be on their way from the handshake
  for (let asked = 0; asked < 16; asked++) await acknowledged(near)
  const payload = payloadReceived(near)
  await acknowledged(near)
  t.is(payloadReceived(near), payload, 'which have no payload')
})

test('a connection that counts none of these says so, where each peer would be dropped, or none', async (t) => {
  const { near } = await meet(createSwarm(t), createSwarm(t))
  const other: Connection = Object.create(near, {
    _writableState: { value: {} },
    rawStream: { value: {} }
  })
  for (const [count, member] of [
    [unreadBytes, 'connection._writableState.buffered'],
    [timeoutsInARow, 'connection.rawStream.rtoCount'],
    [packetsReceived, 'connection.rawStream.bytesReceived'],
    [payloadReceived, 'connection.rawStream.bytesReceived']
  ] as const) {
    try {
      count(other)
      t.fail(`${member} was not missed`)
    } catch (err) {
      t.ok(String(err).startsWith(`Failure: ${installed('hyperswarm')} has no number ${member}, `))
    }
  }
})

/** Resolves once the peer of `connection` has acknowledged a packet. */
async function acknowledged(connection: Connection): Promise<void> {
  const before = packetsReceived(connection)
  connection.sendKeepAlive()
  while (packetsReceived(connection) === before) {
    await new Promise<void>((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** A swarm that knows no node of any DHT. */
function createSwarm(t: Test): Hyperswarm {
  const swarm = createSwarmWith(new HyperDHT({ bootstrap: [] }), DIALS)
  t.teardown(() => swarm.destroy({ force: true }), { force: true })
  return swarm
}

/** Both ends of a connection from `client` to `server`. */
async function meet(
  client: Hyperswarm,
  server: Hyperswarm
): Promise<{ near: Connection; far: Connection }> {
  await server.listen()
  const [near, far] = [client, server].map((swarm) => {
    return new Promise<Connection>((resolve) => {
      swarm.once('connection', (connection) => {
        connection.on('error', () => {})
        resolve(connection)
      })
    })
  }) as [Promise<Connection>, Promise<Connection>]
  const port = localPort(server.dht)
  if (port === null) throw new Error('it has no port')
  dialAt(client, TOPIC, { publicKey: publicKeyOf(server), host: HOST, port })
  return { near: await near, far: await far }
}

closeTestnet()
