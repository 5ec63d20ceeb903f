import type { Test } from 'brittle'
import type { Hypercore } from 'hypercore'
import HyperDHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'
import { bootstrap } from './testnet.ts'

/** Announces `core` on the private DHT as the apps do, and replicates it with whoever comes. */
export async function announce(t: Test, core: Hypercore): Promise<Hyperswarm> {
  const swarm = new Hyperswarm({ dht: new HyperDHT({ bootstrap: bootstrap.split(',') }) })
  t.teardown(() => swarm.destroy(), { force: true })
  swarm.on('connection', (connection) => core.replicate(connection))
  await swarm.join(core.discoveryKey, { server: true, client: true }).flushed()
  return swarm
}

/** Resolves when a connection of `swarm`, or a dial, has begun or ended. */
export function updated(swarm: Hyperswarm): Promise<void> {
  return new Promise((resolve) => swarm.once('update', () => resolve()))
}
