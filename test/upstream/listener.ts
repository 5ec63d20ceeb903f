// A swarm that is in no DHT: says at which key and port it listens, and reads what it is sent.
import b4a from 'b4a'
import HyperDHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'
import { localPort } from '../../shared/upstream/hyperdht.ts'
import { publicKeyOf } from '../../shared/upstream/hyperswarm.ts'

const swarm = new Hyperswarm({ dht: new HyperDHT({ bootstrap: [] }) })
swarm.on('connection', (connection) => {
  connection.on('error', () => {})
  connection.resume()
})
await swarm.listen()
console.log(`${b4a.toString(publicKeyOf(swarm), 'hex')} ${localPort(swarm.dht)}`)
