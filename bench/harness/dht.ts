// A private DHT on the address in the first argument; it ends with its stdin, and so with the bench.
import fs from 'bare-fs'
import os from 'bare-os'
import process from 'bare-process'
import HyperDHT from 'hyperdht'

/** With fewer, connections fail now and then. */
const NODES = 10
/**
 * So often each node is told of all others. They share a processor with what is measured, and forget one that
 * answers late: without this a crowd that comes all at once meets a DHT whose first node knows no other.
 */
const REMIND_MS = 1000
/** Of -20 to 19; the less, the sooner a process has a processor. */
const PRIORITY = -19

takePrecedence()
const [host = '127.0.0.1'] = Bare.argv.slice(2)
const addresses: { host: string; port: number }[] = []
const bootstrap: typeof addresses = []
const nodes: HyperDHT[] = []
for (let count = 0; count < NODES; count++) {
  const node = new HyperDHT({ bootstrap, host, ephemeral: false, firewalled: false })
  await node.fullyBootstrapped()
  const address = { host, port: node.address().port }
  if (bootstrap.length === 0) bootstrap.push(address)
  addresses.push(address)
  nodes.push(node)
}
setInterval(() => {
  // a node leaves out its own
  for (const node of nodes) for (const address of addresses) node.addNode(address)
}, REMIND_MS)
process.stdout.write(`${host}:${bootstrap[0]?.port ?? 0}\n`)

process.stdin.on('end', () => Bare.exit(0))
process.stdin.resume()

/**
 * Has these nodes answer before a crowd on the same machine does more: a DHT of its own machines is not kept waiting
 * by those who ask it.
 */
function takePrecedence(): void {
  try {
    os.setPriority(PRIORITY)
    // on Linux that counts among the processes of one session alone, and each program of a benchmark has its own
    fs.writeFileSync('/proc/self/autogroup', String(PRIORITY))
  } catch {
    // without root nothing changes
  }
}
