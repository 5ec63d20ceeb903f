import { type Test, test } from 'brittle'
import HyperDHT from 'hyperdht'
import createTestnet from 'hyperdht/testnet'
import {
  DHT_MEMBERS,
  beginsAnywhere,
  bootstrapNodeMover,
  bindPort,
  isOnline,
  localPort,
  onNodesChange,
  publicNodes,
  refuseNodes,
  setLookup
} from '../../shared/upstream/hyperdht.ts'
import { bootstrap, closeTestnet } from '../helpers/testnet.ts'
import { hasMembers, installed } from './installed.ts'

/** An address of this machine at which nothing listens. */
const NOWHERE = '127.0.0.99'
const [HOST = '', PORT = ''] = bootstrap.split(/[:,]/)
const LIVING = { host: HOST, port: Number(PORT) }

test(`${installed('hyperdht')}: bootstrapNodes, online, bind and localAddress are there`, (t) => {
  hasMembers(t, 'hyperdht', createNode(t), DHT_MEMBERS)
})

test(`${installed('hyperdht')}: BOOTSTRAP names nodes by address, name and port`, (t) => {
  const nodes = publicNodes()
  t.ok(nodes.length > 0, 'there are nodes')
  for (const { address, name, port } of nodes) {
    t.ok(/^\d+\.\d+\.\d+\.\d+$/.test(address), `${name} has an address`)
    t.ok(/[a-z]/.test(name) && name !== address, `${address} has a name`)
    t.ok(port > 0)
  }
})

test(`${installed('hyperdht')}: add-node tells of the nodes that answer`, async (t) => {
  const dht = createNode(t)
  let told = 0
  let afterwards = 0
  onNodesChange(dht, () => told++)
  const stop = onNodesChange(dht, () => afterwards++)
  stop()
  await dht.fullyBootstrapped()
  t.ok(told > 0, `${told} times`)
  t.is(afterwards, 0, 'and not where that was ended')
  t.ok(isOnline(dht))
})

test(`${installed('hyperdht')}: a look-up begins at bootstrapNodes[i].host`, async (t) => {
  const { dht, living } = await createLost(t)
  const nowhere = { ...living, host: NOWHERE }
  const found = new Promise<void>((resolve) => onNodesChange(dht, resolve))
  bootstrapNodeMover(dht, nowhere)?.(living.host)
  dht.refresh()
  await found
  t.ok(dht.toArray().length > 0, 'where it was moved to, one does')
  t.is(bootstrapNodeMover(dht, nowhere), null, 'nothing begins there any more')
})

test(`${installed('hyperdht')}: bootstrapNodes are those that it was given`, (t) => {
  t.ok(beginsAnywhere(createNode(t)))
  t.absent(beginsAnywhere(createNode(t, [])))
})

test(`${installed('hyperdht')}: _filterNode keeps what answers from being a node`, async (t) => {
  const known = createNode(t)
  await known.fullyBootstrapped()
  const [node = LIVING] = known.toArray()
  const [open, closed] = [createNode(t, []), createNode(t, [])] as const
  refuseNodes(closed)
  await Promise.all([open, closed].map((dht) => dht.ping(node)))
  t.is(open.toArray().length, 1, 'a node is known once it has answered')
  t.is(closed.toArray().length, 0, 'where it is not refused')
})

test(`${installed('hyperdht')}: udx.lookup looks up the names of bootstrapNodes`, async (t) => {
  const asked: string[] = []
  const dht = createNode(t, [
    { host: 'unknown.invalid', port: 1 },
    { ...LIVING, host: 'living.invalid' }
  ])
  setLookup(dht, (name) => {
    asked.push(name)
    if (name === 'living.invalid') return Promise.resolve(LIVING.host)
    return Promise.reject(new Error('it is not known'))
  })
  await dht.fullyBootstrapped()
  t.alike([...new Set(asked)], ['unknown.invalid', 'living.invalid'])
  t.ok(dht.toArray().length > 0, 'a node whose name is not known is left out, and no other')
})

test(`${installed('hyperdht')}: localAddress has the port once bind has resolved`, async (t) => {
  const dht = createNode(t)
  t.is(localPort(dht), null, 'there is none at first')
  await bindPort(dht)
  t.ok(Number(localPort(dht)) > 0)
})

/** A node that knows no other, as it looks for `living` at another address. */
async function createLost(t: Test): Promise<{ dht: HyperDHT; living: typeof LIVING }> {
  for (;;) {
    const testnet = await createTestnet(2)
    t.teardown(() => testnet.destroy(), { force: true })
    const [living = LIVING] = testnet.bootstrap
    const dht = createNode(t, [{ ...living, host: NOWHERE }])
    await dht.fullyBootstrapped()
    // another process may have that port at all addresses
    if (dht.toArray().length === 0) return { dht, living }
  }
}

function createNode(t: Test, nodes = [LIVING]): HyperDHT {
  const dht = new HyperDHT({ bootstrap: nodes })
  t.teardown(() => dht.destroy({ force: true }), { force: true })
  return dht
}

closeTestnet()
