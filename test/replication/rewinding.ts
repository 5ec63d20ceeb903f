// A writer with the feed whose stdin may also say `truncate <length>`. Speaks as the writer app does.
//   bare test/replication/rewinding.ts <folder> <bootstrap>
import b4a from 'b4a'
import process from 'bare-process'
import Hypercore from 'hypercore'
import HyperDHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'
import { serveFeed } from '../../shared/feed/feed.ts'
import { splitLines } from '../../shared/app/lines.ts'

const [folder = '', bootstrap = ''] = Bare.argv.slice(2)
const core = new Hypercore(folder, { eagerUpgrade: false })
await core.ready()
serveFeed(core, {
  onrival() {},
  onerror(err) {
    throw err
  }
})
const swarm = new Hyperswarm({ dht: new HyperDHT({ bootstrap: bootstrap.split(',') }) })
swarm.on('connection', (connection) => core.replicate(connection))
swarm.join(core.discoveryKey, { server: true, client: true })
say('key', { key: b4a.toString(core.key, 'hex') })

for await (const lines of splitLines(process.stdin)) {
  for (const line of lines) {
    const [, length] = /^truncate (\d+)$/.exec(b4a.toString(line)) ?? []
    if (length === undefined) await core.append(line)
    else await core.truncate(Number(length))
    say(length === undefined ? 'append' : 'truncate', { length: core.length })
  }
}

function say(tag: string, data: object): void {
  process.stdout.write(`${JSON.stringify({ cmd: 'writer', tag, data })}\n`)
}
