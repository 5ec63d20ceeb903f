import os from 'bare-os'
import b4a from 'b4a'
import { type Test, test } from 'brittle'
import c from 'compact-encoding'
import type { Hypercore, Peer } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import { serveFeed } from '../../shared/feed/feed.ts'
import { NO_PATH } from '../../shared/feed/messages.ts'
import { after } from '../../shared/limits/clock.ts'
import { isLive } from '../../shared/limits/dead-connections.ts'
import { full } from '../../shared/replication/overlay-messages.ts'
import { Overlay } from '../../shared/replication/overlay.ts'
import { createSwarm } from '../../shared/swarm.ts'
import { Dialling } from '../../shared/swarm/dialling.ts'
import { ADVICE, MANY } from '../../shared/swarm/overlay-policy.ts'
import { connectionOf, muxOf } from '../../shared/upstream/hypercore-peer.ts'
import { publicKeyOf } from '../../shared/upstream/hyperswarm.ts'
import { Copy } from '../feed/copy.ts'
import { startReader } from '../helpers/app.ts'
import { untilBlock } from '../helpers/blocks.ts'
import { createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { updated } from '../helpers/swarm.ts'
import { bootstrap, closeTestnet } from '../helpers/testnet.ts'

const LINES = numbered(20)
const CROWD = 32

/** A swarm of `core` that the DHT knows, and that dials nobody until it is told to. */
async function createPeer(t: Test, core: Hypercore): Promise<Hyperswarm> {
  const nodes = bootstrap.split(',').map((node) => {
    const [host = '', port] = node.split(':')
    return { host, port: Number(port) }
  })
  const swarm = createSwarm(nodes)
  swarm.on('connection', (connection) => core.replicate(connection))
  t.teardown(() => swarm.destroy())
  await swarm.join(core.discoveryKey, { server: true, client: false }).flushed()
  return swarm
}

/** A writer with a place for one reader. */
async function joinWriter(t: Test, log: Hypercore): Promise<Hyperswarm> {
  const swarm = await createPeer(t, log)
  const served = serveFeed(log, { onrival() {}, onerror: (err) => t.fail(String(err)) })
  const overlay = new Overlay(swarm, log, served, 1)
  t.teardown(() => overlay.close(), { order: -1 })
  return swarm
}

/** A reader with the overlay, that dials. */
async function joinReader(t: Test, { core, feed }: Copy): Promise<Hyperswarm> {
  const swarm = await createPeer(t, core)
  const overlay = new Overlay(swarm, core, feed)
  t.teardown(() => overlay.close(), { order: -1 })
  swarm.join(core.discoveryKey, { server: true, client: true })
  return swarm
}

/** A log whose writer is full: its one place has a reader, which holds all of it. */
async function createFull(t: Test) {
  const log = await createLog(t, LINES)
  const writer = await joinWriter(t, log)
  const first = await Copy.open(t, log.key)
  await joinReader(t, first)
  await first.until(LINES.length)
  return { log, writer }
}

/** Resolves once `swarm` has been turned away by `other`. */
async function turnedAway(swarm: Hyperswarm, other: Hyperswarm): Promise<void> {
  while (!Dialling.of(swarm).isAway(publicKeyOf(other))) await after(20)
}

test('a peer that is full sends others to its peers, and is not dialled again', async (t) => {
  const { log, writer } = await createFull(t)
  const second = await Copy.open(t, log.key)
  const swarm = await joinReader(t, second)
  await Promise.all([second.until(LINES.length), turnedAway(swarm, writer)])
  await log.append([b4a.from('more')])
  await second.until(LINES.length + 1)
  const ids = second.core.peers.map(({ remotePublicKey }) => remotePublicKey)
  t.absent(
    ids.some((id) => b4a.equals(id, publicKeyOf(writer))),
    'its line came from the first'
  )
})

test('a peer that has died keeps no place', async (t) => {
  const log = await createLog(t, LINES)
  await joinWriter(t, log)
  const first = await startReader(t, b4a.toString(log.key, 'hex'), ['--start', '0'])
  await untilBlock(first, LINES.length - 1)
  const [dead] = log.peers
  if (dead === undefined) throw new Error('no peer')
  os.kill(first.pid, 'SIGSTOP')
  await log.append([b4a.from('more')])
  while (isLive(connectionOf(dead))) await after(50)
  const second = await Copy.open(t, log.key)
  await joinReader(t, second)
  await second.until(LINES.length + 1)
  t.ok(log.peers.includes(dead), 'before its connection has timed out')
})

test('a peer of an earlier version is turned away as well', async (t) => {
  const { log } = await createFull(t)
  const old = await Copy.open(t, log.key)
  const swarm = await createPeer(t, old.core)
  const removed = new Promise<Peer>((resolve) => log.once('peer-remove', resolve))
  swarm.join(log.discoveryKey, { server: true, client: true })
  const { remotePublicKey } = await removed
  t.alike(remotePublicKey, publicKeyOf(swarm), 'and not the one that was there')
})

test('a reader that dialled many before it knew a crowd lets go of some, and knows them still', async (t) => {
  const log = await createLog(t, LINES)
  serveFeed(log, { onrival() {}, onerror: (err) => t.fail(String(err)) })
  for (let count = 0; count < MANY + 2; count++) await createPeer(t, log)
  const copy = await Copy.open(t, log.key)
  const swarm = await joinReader(t, copy)
  while (swarm.connections.size < MANY + 2) await updated(swarm)
  await copy.until(LINES.length)
  const { source } = copy.feed
  Dialling.of(swarm).heard = CROWD
  while (swarm.connections.size > MANY) await updated(swarm)
  t.is(swarm.peers.size, MANY + 2)
  t.ok(source && copy.core.peers.includes(source), 'its source is not one of them')
})

test('what is no advice ends the channel alone', (t) => {
  const peer = { publicKey: b4a.alloc(32, 7), host: '10.0.0.1', port: 65_535 }
  const advice = Array.from({ length: ADVICE }, () => peer)
  const bytes = c.encode(full, { advice })
  t.alike(c.decode(full, bytes), { advice })
  t.exception(() => c.decode(full, c.encode(full, { advice: [...advice, peer] })), /5 pieces/)
  t.exception(() => c.decode(full, bytes.subarray(0, -1)))
})

test('advice that leads nowhere is not followed', async (t) => {
  const log = await createLog(t, LINES)
  const liar = await createPeer(t, log)
  const advice = [
    { publicKey: b4a.alloc(32, 1), host: '127.0.0.1', port: 0 },
    { publicKey: b4a.alloc(32, 2), host: '0.0.0.0', port: 9 },
    { publicKey: b4a.alloc(32, 3), host: '255.255.255.255', port: 9 },
    { publicKey: b4a.alloc(32, 4), host: '127.0.0.1', port: 9 }
  ]
  log.on('peer-add', (peer) => {
    const channel = muxOf(peer).createChannel({
      protocol: 'overlay/1',
      id: log.discoveryKey,
      handshake: c.uint,
      onopen: () => message?.send({ advice })
    })
    const message = channel?.addMessage({ encoding: full })
    channel?.open(NO_PATH)
  })
  const reader = await Copy.open(t, log.key)
  const swarm = await joinReader(t, reader)
  await turnedAway(swarm, liar)
  const known = [...swarm.peers.keys()].filter((id) => id.startsWith('0'))
  t.alike(
    known.map((id) => id.slice(0, 4)).filter((id) => /^0([1-4])0\1$/.test(id)),
    ['0404']
  )
})

closeTestnet()
