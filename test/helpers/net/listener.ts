// Prints every datagram that is sent to the group of the beacons: where from, and its bytes in hex.
import b4a from 'b4a'
import dgram from 'bare-dgram'
import os from 'bare-os'
import { GROUP, PORT } from '../../../shared/swarm/beacon.ts'

const socket = dgram.createSocket({ type: 'udp4', reuseAddr: true })
socket.on('message', (packet, { address }) =>
  console.log(`${address} ${b4a.toString(packet, 'hex')}`)
)
socket.bind(PORT, () => {
  for (const { address, family } of Object.values(os.networkInterfaces()).flat()) {
    if (family === 'IPv4') socket.addMembership(GROUP, address)
  }
  console.log('listening')
})
