import { type Test, test } from 'brittle'
import type { Hypercore } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import { limitConnections } from '../../shared/limits/connections.ts'
import { createSwarm } from '../../shared/swarm.ts'
import { localPort } from '../../shared/upstream/hyperdht.ts'
import { dialAt, publicKeyOf } from '../../shared/upstream/hyperswarm.ts'
import { createCopy, createLog } from '../helpers/cores.ts'

test('a message that an upgrade has added is reported as an error, not as a fault of the peer', async (t) => {
  const log = await createLog(t)
  log.on('peer-add', (peer) => peer.channel.addMessage({ encoding: {} as never }))
  const server = replicating(t, log)
  const error = new Promise<unknown>((onerror) => {
    limitConnections(server, log, { ondrop: t.fail, onerror })
  })
  const client = replicating(t, await createCopy(t, log))
  await server.listen()
  const port = localPort(server.dht) ?? 0
  dialAt(client, log.discoveryKey, { publicKey: publicKeyOf(server), host: '127.0.0.1', port })
  t.ok(/^Failure: hypercore [\d.]+ has 11 kinds of messages/.test(String(await error)))
})

/** A swarm in no DHT that replicates `core` on each of its connections. */
function replicating(t: Test, core: Hypercore): Hyperswarm {
  const swarm = createSwarm([])
  t.teardown(() => swarm.destroy({ force: true }), { force: true })
  swarm.on('connection', (connection) => core.replicate(connection))
  return swarm
}
