// A private DHT on the address in the first argument; it ends with its stdin, and so with the bench.
import process from 'bare-process'
import HyperDHT from 'hyperdht'

/** With fewer, connections fail now and then. */
const NODES = 10

const [host = '127.0.0.1'] = Bare.argv.slice(2)
const bootstrap: { host: string; port: number }[] = []
for (let count = 0; count < NODES; count++) {
  const node = new HyperDHT({ bootstrap, host, ephemeral: false, firewalled: false })
  await node.fullyBootstrapped()
  if (bootstrap.length === 0) bootstrap.push({ host, port: node.address().port })
}
process.stdout.write(`${host}:${bootstrap[0]?.port ?? 0}\n`)

process.stdin.on('end', () => Bare.exit(0))
process.stdin.resume()
