// Readers of this pair, many in one process and each with a store and a swarm of its own. Prints
// `flushed` once each has met everyone whom it looks for, then every seq that all of them have; with
// `stats` also what they do, every two seconds.
//   bare bench/programs/crowd.ts <folder> <bootstrap|lan> <key> <readers> [stats]
import b4a from 'b4a'
import path from 'bare-path'
import process from 'bare-process'
import type Hyperswarm from 'hyperswarm'
import { NO_PATH } from '../../shared/feed/messages.ts'
import { type FollowedLog, followLog } from '../../shared/replication.ts'
import { openReader } from '../../shared/storage/open.ts'
import { createSwarm, joinSwarm } from '../../shared/swarm.ts'
import { dialCounts } from '../../shared/upstream/hyperswarm.ts'
import { Tally } from '../harness/tally.ts'

const STATS_MS = 2000

const [folder = '', bootstrap = '', key = '', readers = '', stats] = Bare.argv.slice(2)
const [host = '', port = ''] = bootstrap.split(':')
const lan = bootstrap === 'lan'
const tally = new Tally(Number(readers))
const leaving: (() => Promise<void>)[] = []
const crowd: { swarm: Hyperswarm; log: FollowedLog }[] = []
process.on('SIGTERM', () => {
  void Promise.all(leaving.map((leave) => leave())).then(() => Bare.exit(0))
})
if (stats !== undefined) setInterval(tell, STATS_MS)

for (let reader = 0; reader < Number(readers); reader++) {
  void read(path.join(folder, String(reader)))
}

async function read(storage: string): Promise<void> {
  const core = await openReader(storage, b4a.from(key, 'hex'))
  const swarm = createSwarm(lan ? [] : [{ host, port: Number(port) }])
  const ondrop = stats === undefined ? refuse : tellDrop
  const events = {
    ondrop,
    onhops() {},
    standing: () => Infinity,
    onmanifest() {},
    mayDrop: () => true,
    onerror: refuse
  }
  const log = followLog(swarm, core, { from: 0 }, events)
  crowd.push({ swarm, log })
  const membership = joinSwarm(swarm, core.discoveryKey, { lan, ondht() {}, onwarning: refuse })
  leaving.push(() => membership.leave())
  void membership.flushed.then(() => tally.flushed())
  for await (const step of log.blocks()) {
    if ('blocks' in step) tally.has(step.seq + step.blocks.length)
  }
}

function tell(): void {
  const hops = crowd.map(({ log }) => log.hops)
  const sum = (of: (swarm: Hyperswarm) => number): number =>
    crowd.reduce((all, { swarm }) => all + of(swarm), 0)
  const told = {
    lost: Number(readers) - hops.filter((one) => one < NO_PATH).length,
    depth: Math.max(...hops.filter((one) => one < NO_PATH)),
    connections: sum(({ connections }) => connections.size),
    dials: sum((swarm) => dialCounts(swarm).attempted),
    opened: sum((swarm) => dialCounts(swarm).opened)
  }
  process.stdout.write(`stats ${JSON.stringify(told)}\n`)
}

function tellDrop(reason: string): void {
  process.stdout.write(`drop ${reason}\n`)
}

function refuse(reason: unknown): never {
  throw new Error('a reader of the crowd failed', { cause: reason })
}
