import b4a from 'b4a'
import { type Test, test } from 'brittle'
import HyperDHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'
import {
  type Named,
  ANNOUNCING_MEMBERS,
  RECORD_MEMBERS,
  announcedTo,
  firstNodes,
  isRelayed,
  namesPeer
} from '../../shared/upstream/hyperdht-records.ts'
import { publicKeyOf } from '../../shared/upstream/hyperswarm.ts'
import { bootstrap, closeTestnet } from '../helpers/testnet.ts'
import { hasMembers, installed } from './installed.ts'

const TOPIC = b4a.alloc(32, 1)
const STRANGER = b4a.alloc(32, 2)
/** An address of this machine at which nothing listens. */
const NOWHERE = { host: '127.0.0.99', port: 9 }

test(`${installed('hyperdht')}: what asks one node, and names the first, is there`, (t) => {
  const swarm = createSwarm(t)
  hasMembers(t, 'hyperdht', swarm.dht, RECORD_MEMBERS)
  hasMembers(t, 'hyperswarm', swarm, ANNOUNCING_MEMBERS)
})

test(`${installed('hyperswarm')}: _closestNodes took an announcement`, async (t) => {
  const swarm = createSwarm(t)
  t.alike(announcedTo(swarm, TOPIC), [], 'none before it joins')
  const discovery = swarm.join(TOPIC)
  t.alike(announcedTo(swarm, TOPIC), [], 'nor before it has announced')
  await discovery.flushed()
  const nodes = announcedTo(swarm, TOPIC)
  t.ok(nodes.length > 0)
  for (const node of nodes) {
    t.is(await namesPeer(swarm.dht, node, TOPIC, publicKeyOf(swarm)), 'named', 'request 3 names it')
  }
})

test(`${installed('hyperdht')}: request 3 tells a peer that is unknown from no answer`, async (t) => {
  const { dht } = createSwarm(t)
  await dht.fullyBootstrapped()
  const [node = NOWHERE] = dht.toArray()
  t.is(await namesPeer(dht, node, TOPIC, STRANGER), 'missing')
  t.is(await namesPeer(dht, NOWHERE, TOPIC, STRANGER), null)
})

test(`${installed('hyperdht')}: of more than twenty peers a node names twenty, so that any may be known`, async (t) => {
  const { dht } = createSwarm(t)
  await dht.fullyBootstrapped()
  const topic = b4a.alloc(32, 3)
  const told: (Named | null)[] = []
  for (let count = 1; count <= 24; count++) {
    await dht.announce(topic, HyperDHT.keyPair(b4a.alloc(32, count))).finished()
    const [node = NOWHERE] = dht.toArray()
    told.push(await namesPeer(dht, node, topic, STRANGER))
  }
  const [missing, full] = [Array<Named>(19).fill('missing'), Array<Named>(5).fill('full')]
  t.alike(told, [...missing, ...full])
})

test(`${installed('hyperdht')}: request 2 tells whether a node relays`, async (t) => {
  const swarm = createSwarm(t)
  await swarm.join(TOPIC).flushed()
  t.is(await isRelayed(swarm, publicKeyOf(swarm)), true)
  t.is(await isRelayed(swarm, STRANGER), false)
})

test(`${installed('hyperdht')}: _resolveBootstrapNodes names the first nodes`, async (t) => {
  const [first] = await firstNodes(createSwarm(t).dht)
  t.is(`${first?.host}:${first?.port}`, bootstrap.split(',')[0])
})

function createSwarm(t: Test): Hyperswarm {
  const swarm = new Hyperswarm({ dht: new HyperDHT({ bootstrap: bootstrap.split(',') }) })
  t.teardown(() => swarm.destroy(), { force: true })
  return swarm
}

closeTestnet()
