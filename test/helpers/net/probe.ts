// Looks for a topic, its argument in hex, on the local network, and in place of dialling whom it
// hears prints a line: `dial`, the public key, the address. Says `beacon` before it sends one, and
// `refused` where LanDiscovery does.
import b4a from 'b4a'
import { LanDiscovery } from '../../../shared/swarm/lan.ts'
import { Multicast } from '../../../shared/swarm/multicast.ts'
import { createSwarm } from '../../../shared/swarm.ts'

const swarm = createSwarm([])
swarm._handlePeer = ({ publicKey, relayAddresses }) => {
  const [address] = relayAddresses
  console.log(`dial ${b4a.toString(publicKey, 'hex')} ${address?.host}:${address?.port}`)
}
const { send } = Multicast.prototype
Multicast.prototype.send = function (packetFor) {
  console.log('beacon')
  return send.call(this, packetFor)
}
new LanDiscovery(swarm, b4a.from(Bare.argv[2] ?? '', 'hex'), (reason) =>
  console.log(`refused ${reason}`)
)
