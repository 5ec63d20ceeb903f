import b4a from 'b4a'
import { type Test, test } from 'brittle'
import HyperDHT from 'hyperdht'
import type Hyperswarm from 'hyperswarm'
import { Dialling, LOOK_MS } from '../../shared/swarm/dialling.ts'
import { bindPort } from '../../shared/upstream/hyperdht.ts'
import { beBusy } from '../helpers/busy.ts'
import { updated } from '../helpers/swarm.ts'
import { bootstrap, closeTestnet } from '../helpers/testnet.ts'
import { untilQueued } from '../upstream/queue.ts'
import {
  connectionWith,
  createSwarmWith,
  dialAt,
  giveUpDials,
  limitDials
} from '../../shared/upstream/hyperswarm.ts'

const TOPIC = b4a.alloc(32, 1)
const CROWD = 32
const FEW = 20
/** More than what counts as late. */
const LATE_MS = 300
const [SILENT, OTHER] = [b4a.alloc(32, 2), b4a.alloc(32, 3)]

for (const [heard, first, title] of [
  [
    CROWD,
    OTHER,
    'of a crowd, a peer that was not dialled yet comes before one that did not answer'
  ],
  [1, SILENT, 'of few peers, one that did not answer is dialled again']
] as const) {
  test(title, async (t) => {
    const swarm = await dialInVain(t, heard)
    dial(swarm, OTHER)
    await untilQueued(swarm, SILENT)
    limitDials(swarm, 1, 1)
    t.ok(connectionWith(swarm, first))
    t.is(swarm.connecting, 1)
  })
}

test('of a crowd, a peer that did not answer is dialled at once where it is heard', async (t) => {
  const swarm = await dialInVain(t, CROWD)
  limitDials(swarm, 1, 1)
  t.absent(connectionWith(swarm, SILENT))
  dial(swarm, SILENT)
  t.ok(connectionWith(swarm, SILENT))
})

for (const [busy, dials, title] of [
  [0, FEW, 'a reader dials few peers all at once'],
  [LOOK_MS + LATE_MS, 4, 'in a process that is late it dials four of them']
] as const) {
  test(title, async (t) => {
    const swarm = await joinTopic(t)
    const dialling = Dialling.of(swarm)
    dialling.bound(() => false)
    t.teardown(() => dialling.close())
    beBusy(busy)
    dialFew(swarm)
    t.is(swarm.connecting, dials)
  })
}

test('peers that have left count as known for a while', async (t) => {
  const swarm = await joinTopic(t)
  const dialling = Dialling.of(swarm)
  dialFew(swarm)
  dialling.look()
  swarm.peers.clear()
  t.is(dialling.known, FEW)
  dialling.look()
  t.is(dialling.known, FEW)
})

/** A swarm that has heard so many, and was not answered by one; it dials no more. */
async function dialInVain(t: Test, heard: number): Promise<Hyperswarm> {
  const swarm = await joinTopic(t)
  const dialling = Dialling.of(swarm)
  dialling.heard = heard
  dial(swarm, SILENT)
  dialling.look()
  // all that is under way is looked at, however it ends
  limitDials(swarm, 0, 1)
  giveUpDials(swarm)
  while (connectionWith(swarm, SILENT)) await updated(swarm)
  dialling.look()
  limitDials(swarm, 0, 1)
  return swarm
}

function dial(swarm: Hyperswarm, publicKey: Uint8Array): void {
  dialAt(swarm, TOPIC, { publicKey, host: '127.0.0.1', port: 9 })
}

function dialFew(swarm: Hyperswarm): void {
  for (let count = 0; count < FEW; count++) dial(swarm, b4a.alloc(32, 16 + count))
}

/** A swarm that looks for peers, and whose dials begin at once. */
async function joinTopic(t: Test): Promise<Hyperswarm> {
  const swarm = createSwarmWith(new HyperDHT({ bootstrap: bootstrap.split(',') }), 1)
  t.teardown(() => swarm.destroy(), { force: true })
  swarm.join(TOPIC, { server: false, client: true })
  await bindPort(swarm.dht)
  return swarm
}

closeTestnet()
