// Readers of this pair, many in one process and each with a store and a swarm of its own. Prints
// `flushed` once each has met everyone whom the DHT knows, then every seq that all of them have.
//   bare bench/programs/crowd.ts <folder> <bootstrap> <key> <readers>
import b4a from 'b4a'
import path from 'bare-path'
import process from 'bare-process'
import { followLog } from '../../shared/replication.ts'
import { openReader } from '../../shared/storage/open.ts'
import { createSwarm, joinSwarm } from '../../shared/swarm.ts'
import { Tally } from '../harness/tally.ts'

const [folder = '', bootstrap = '', key = '', readers = ''] = Bare.argv.slice(2)
const [host = '', port = ''] = bootstrap.split(':')
const tally = new Tally(Number(readers))
const leaving: (() => Promise<void>)[] = []
process.on('SIGTERM', () => {
  void Promise.all(leaving.map((leave) => leave())).then(() => Bare.exit(0))
})

for (let reader = 0; reader < Number(readers); reader++) {
  void read(path.join(folder, String(reader)))
}

async function read(storage: string): Promise<void> {
  const core = await openReader(storage, b4a.from(key, 'hex'))
  const swarm = createSwarm([{ host, port: Number(port) }])
  const events = {
    ondrop: refuse,
    onhops() {},
    standing: () => Infinity,
    onmanifest() {},
    onerror: refuse
  }
  const log = followLog(swarm, core, { from: 0 }, events)
  const membership = joinSwarm(swarm, core.discoveryKey, {
    lan: false,
    ondht: () => {},
    onwarning: refuse
  })
  leaving.push(() => membership.leave())
  void membership.flushed.then(() => tally.flushed())
  for await (const step of log.blocks()) {
    if ('blocks' in step) tally.has(step.seq + step.blocks.length)
  }
}

function refuse(reason: unknown): never {
  throw new Error('a reader of the crowd failed', { cause: reason })
}
