// Runs a DHT at the address in its first argument, on the ports in the others: as many nodes as there
// are, each on a free port where it says 0. Prints them as --bootstrap takes them.
import HyperDHT from 'hyperdht'

const [host = '', ...ports] = Bare.argv.slice(2)
const nodes: { host: string; port: number }[] = []
for (const port of ports) {
  const bootstrap = nodes.slice(0, 1)
  const node = new HyperDHT({
    bootstrap,
    host,
    port: Number(port),
    ephemeral: false,
    firewalled: false
  })
  await node.fullyBootstrapped()
  nodes.push({ host, port: node.address().port })
}
console.log(nodes.map(({ host, port }) => `${host}:${port}`).join(','))
