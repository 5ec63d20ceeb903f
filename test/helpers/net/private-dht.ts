// Runs a private DHT of ten nodes on the address that is its argument, and prints its first node, as
// --bootstrap takes it, once all know each other. The ports are always the same. What the nodes were
// told ends with the process.
import HyperDHT from 'hyperdht'

const FIRST_PORT = 30_000
const NODES = 10

const [, , host = '127.0.0.1'] = Bare.argv
const bootstrap = [{ host, port: FIRST_PORT }]
await HyperDHT.bootstrapper(FIRST_PORT, host).fullyBootstrapped()
for (let port = FIRST_PORT + 1; port < FIRST_PORT + NODES; port++) {
  const node = new HyperDHT({ bootstrap, host, port, ephemeral: false, firewalled: false })
  await node.fullyBootstrapped()
}
console.log(`${host}:${FIRST_PORT}`)
