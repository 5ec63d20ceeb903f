// Asks the DHT that is its first argument, a node as host:port, for the peers of the log with the key
// that is its second, in hex, until each of `count` of them, the third, is named for the topic and is
// relayed to: a peer behind a firewall needs both. Then it says `found`.
import b4a from 'b4a'
import Hypercore from 'hypercore'
import HyperDHT from 'hyperdht'

/** The nodes have other things to do than to answer this. */
const PAUSE_MS = 100

const [, , node = '', key = '', count = '1'] = Bare.argv
const topic = Hypercore.discoveryKey(b4a.from(key, 'hex'))
const dht = new HyperDHT({ bootstrap: [node] })

for (;;) {
  const keys = new Map<string, Uint8Array>()
  for await (const { peers } of dht.lookup(topic)) {
    for (const { publicKey } of peers) keys.set(b4a.toString(publicKey, 'hex'), publicKey)
  }
  const relayed = await Promise.all([...keys.values()].map(isRelayed))
  if (relayed.filter(Boolean).length >= Number(count)) break
  await new Promise<void>((resolve) => setTimeout(resolve, PAUSE_MS))
}
console.log('found')
await dht.destroy()

async function isRelayed(publicKey: Uint8Array): Promise<boolean> {
  for await (const { peer } of dht.findPeer(publicKey)) if (peer) return true
  return false
}
