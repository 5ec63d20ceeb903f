// Readers with the guide's loop, many in one process and each with a store and a swarm of its own.
// Prints `flushed` once each has met everyone whom the DHT knows, then every seq that all of them have.
//   bare bench/baselines/crowd.ts <folder> <bootstrap> <key> <readers>
import b4a from 'b4a'
import path from 'bare-path'
import process from 'bare-process'
import Hypercore from 'hypercore'
import HyperDHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'
import { Tally } from '../harness/tally.ts'

const [folder = '', bootstrap = '', key = '', readers = ''] = Bare.argv.slice(2)
const tally = new Tally(Number(readers))
const swarms: Hyperswarm[] = []
process.on('SIGTERM', () => {
  void Promise.all(swarms.map((swarm) => swarm.destroy())).then(() => Bare.exit(0))
})

for (let reader = 0; reader < Number(readers); reader++) {
  void read(path.join(folder, String(reader)))
}

async function read(storage: string): Promise<void> {
  const swarm = new Hyperswarm({ dht: new HyperDHT({ bootstrap: [bootstrap] }) })
  swarms.push(swarm)
  const core = new Hypercore(storage, b4a.from(key, 'hex'))
  await core.ready()
  swarm.join(core.discoveryKey)
  swarm.on('connection', (connection) => core.replicate(connection))
  void swarm.flush().then(() => tally.flushed())
  let length = 0
  for await (const _ of core.createReadStream({ start: 0, live: true })) tally.has(++length)
}
