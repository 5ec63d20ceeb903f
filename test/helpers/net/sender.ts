// Sends datagrams to the group of the beacons, out of the interface with the address that is its
// first argument: those that stdin holds, in hex, a line each; or, where there are two arguments
// more, that many of that many random bytes. Says `sent` at the end.
import b4a from 'b4a'
import dgram from 'bare-dgram'
import sodium from 'sodium-universal'
import { GROUP, PORT } from '../../../shared/swarm/beacon.ts'
import { readInput } from '../../../shared/app/stdin.ts'
import { splitLines } from '../../../shared/app/lines.ts'

const [host = '', count = '0', size = '0'] = Bare.argv.slice(2)
const socket = dgram.createSocket('udp4')
socket.bind(0, host, () => void run())

async function run(): Promise<void> {
  socket.setMulticastInterface(host)
  for (let i = 0; i < Number(count); i++) {
    const packet = b4a.alloc(Number(size))
    sodium.randombytes_buf(packet)
    await send(packet)
  }
  for await (const lines of count === '0' ? splitLines(readInput()) : []) {
    for (const line of lines) await send(b4a.from(b4a.toString(line), 'hex'))
  }
  console.log('sent')
  socket.close()
}

function send(packet: Uint8Array): Promise<void> {
  return new Promise((resolve) => socket.send(packet, PORT, GROUP, () => resolve()))
}
