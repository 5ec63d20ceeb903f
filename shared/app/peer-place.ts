import os from 'bare-os'
import { bitsOf } from '../swarm/addresses.ts'

/**
 * Where the peer at the IPv4 address `host` is, in words. By the address alone, so that both ends of a
 * connection say the same, whichever of them has found the other.
 */
export function placeOf(host: string): string {
  const near = Object.values(os.networkInterfaces())
    .flat()
    .filter(({ family, address, netmask }) => {
      const mask = bitsOf(netmask)
      return family === 'IPv4' && (bitsOf(host) & mask) === (bitsOf(address) & mask)
    })
  if (near.some(({ internal, address }) => internal || address === host)) return 'on this machine'
  return near.length > 0 ? 'on the local network' : 'through the DHT'
}
