import HyperDHT from 'hyperdht'
import type Hypercore from 'hypercore'
import Hyperswarm from 'hyperswarm'

/** Replicates `core` with everyone who has joined its topic in the DHT of `bootstrap`. */
export function joinPlain(core: Hypercore, bootstrap: string): Hyperswarm {
  const [host = '', port] = bootstrap.split(':')
  const swarm = new Hyperswarm({ dht: new HyperDHT({ bootstrap: [{ host, port: Number(port) }] }) })
  swarm.on('connection', (connection) => core.replicate(connection))
  swarm.join(core.discoveryKey)
  return swarm
}
