// Brings the first blocks of a log into the storage of a reader by Hypercore's own replication, and ends.
//   bare bench/programs/plain-copy.ts <storage> <bootstrap> <key> <blocks>
import b4a from 'b4a'
import HyperDHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'
import { openReader } from '../../shared/storage/open.ts'
import { setEagerUpgrade } from '../../shared/upstream/hypercore-replicator.ts'

const [storage = '', bootstrap = '', key = '', blocks = ''] = Bare.argv.slice(2)
const swarm = new Hyperswarm({ dht: new HyperDHT({ bootstrap: [bootstrap] }) })
const core = await openReader(storage, b4a.from(key, 'hex'))
setEagerUpgrade(core, true)
swarm.on('connection', (connection) => core.replicate(connection))
swarm.join(core.discoveryKey)
await core.download({ start: 0, end: Number(blocks), linear: true }).done()
await swarm.destroy()
await core.close()
