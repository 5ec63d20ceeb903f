// The guide's reader on plain Hypercore and Hyperswarm, from the first block on, until it has `count`.
// `loop` asks for block after block, as the guide does; `download` asks for all that come ahead.
//   bare bench/baselines/reader.ts <folder> <bootstrap> <key> <loop|download> <count>
import b4a from 'b4a'
import process from 'bare-process'
import Hypercore from 'hypercore'
import HyperDHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'

const [folder = '', bootstrap = '', key = '', way = 'loop', count = ''] = Bare.argv.slice(2)
const swarm = new Hyperswarm({ dht: new HyperDHT({ bootstrap: [bootstrap] }) })
process.on('SIGTERM', () => void swarm.destroy().then(() => Bare.exit(0)))

const core = new Hypercore(folder, b4a.from(key, 'hex'))
await core.ready()
swarm.join(core.discoveryKey)
swarm.on('connection', (connection) => core.replicate(connection))

if (way === 'download') core.download({ start: 0, end: -1, linear: true })
let position = 0
for await (const block of core.createReadStream({ start: 0, live: true })) {
  console.log(`${block}`)
  // a live stream cannot be left: it waits for the block after the last
  if (++position === Number(count)) await swarm.destroy().then(() => Bare.exit(0))
}
