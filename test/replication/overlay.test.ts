import { type Test, test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { serveFeed } from '../../shared/feed/feed.ts'
import { Overlay, type OverlayFeed } from '../../shared/replication/overlay.ts'
import { createSwarm, joinSwarm } from '../../shared/swarm.ts'
import { Dialling } from '../../shared/swarm/dialling.ts'
import { type Degree, READER } from '../../shared/swarm/overlay-policy.ts'
import { publicKeyOf } from '../../shared/upstream/hyperswarm.ts'
import { Copy } from '../feed/copy.ts'
import { createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { bootstrap, closeTestnet } from '../helpers/testnet.ts'

const LINES = numbered(20)
const ONE: Degree = { wanted: 1, most: 1, pause: 1 }

/** Puts `core` into a swarm of its own, with the overlay; resolves once the DHT knows it. */
async function join(t: Test, core: Hypercore, feed: OverlayFeed, degree: Degree) {
  const nodes = bootstrap.split(',').map((node) => {
    const [host = '', port] = node.split(':')
    return { host, port: Number(port) }
  })
  const swarm = createSwarm(nodes)
  swarm.on('connection', (connection) => core.replicate(connection))
  const overlay = new Overlay(swarm, core, degree, feed)
  const membership = joinSwarm(swarm, core.discoveryKey, {
    lan: false,
    ondht() {},
    onwarning: t.fail
  })
  t.teardown(async () => {
    overlay.close()
    await membership.leave()
  })
  await swarm.flush()
  return swarm
}

function joinWriter(t: Test, log: Hypercore, degree: Degree) {
  const served = serveFeed(log, { onrival() {}, onerror: (err) => t.fail(String(err)) })
  const feed = {
    source: null,
    get links() {
      return served.links
    }
  }
  return join(t, log, feed, degree)
}

test('a peer that is full sends others to its peers, and is not dialled again', async (t) => {
  const log = await createLog(t, LINES)
  const writer = await joinWriter(t, log, ONE)
  const first = await Copy.open(t, log.key)
  await join(t, first.core, first.feed, READER)
  await first.until(LINES.length)

  const second = await Copy.open(t, log.key)
  const swarm = await join(t, second.core, second.feed, READER)
  await second.until(LINES.length)
  while (!Dialling.of(swarm).isAway(publicKeyOf(writer))) {
    await new Promise<void>((resolve) => swarm.once('update', () => resolve()))
  }
  while (log.peers.length > 1) {
    await new Promise<void>((resolve) => log.once('peer-remove', () => resolve()))
  }
  t.is(log.peers.length, 1, 'the first keeps its place')
  t.alike(second.lines, LINES)
})

closeTestnet()
