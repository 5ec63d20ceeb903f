// Announces as many peers as it is told to, says so, and waits to be killed: they stay announced.
import b4a from 'b4a'
import HyperDHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'

const [nodes = '', topic = '', count = ''] = Bare.argv.slice(2)
const bootstrap = nodes.split(',').map((node) => {
  const [host = '', port = ''] = node.split(':')
  return { host, port: Number(port) }
})
const announced = Array.from({ length: Number(count) }, () => {
  const swarm = new Hyperswarm({ dht: new HyperDHT({ bootstrap }) })
  swarm.on('connection', (connection) => connection.on('error', () => {}))
  return swarm.join(b4a.from(topic, 'hex'), { server: true, client: false }).flushed()
})
await Promise.all(announced)
console.log('announced')
