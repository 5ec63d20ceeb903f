// The guide's writer on plain Hypercore and Hyperswarm, but for the DHT and one block for each line.
//   bare bench/baselines/writer.ts <folder> <bootstrap>
import b4a from 'b4a'
import process from 'bare-process'
import Hypercore from 'hypercore'
import HyperDHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'
import { splitLines } from '../../shared/app/lines.ts'

const [folder = '', bootstrap = ''] = Bare.argv.slice(2)
const swarm = new Hyperswarm({ dht: new HyperDHT({ bootstrap: [bootstrap] }) })
process.on('SIGTERM', () => void swarm.destroy().then(() => Bare.exit(0)))

const core = new Hypercore(folder)
await core.ready()
const key = b4a.toString(core.key, 'hex')
process.stdout.write(`${JSON.stringify({ cmd: 'writer', tag: 'key', data: { key } })}\n`)

swarm.join(core.discoveryKey)
swarm.on('connection', (connection) => core.replicate(connection))

for await (const blocks of splitLines(process.stdin)) {
  for (const block of blocks) void core.append(block)
}
