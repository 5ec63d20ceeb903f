/** Private networks, those of a provider's subscribers, and links with no address of their own. */
const NETWORKS = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16]
] as const

/**
 * Whether a peer at the IPv4 address `host` can mean the same machine by it as one at `adviser`, by which it
 * was told of it (RFC 6890): a private address is one of many networks, and loopback of every machine.
 */
export function canAdvise(adviser: string, host: string): boolean {
  const nearness = nearnessOf(host)
  return nearness !== null && nearness <= (nearnessOf(adviser) ?? 0)
}

// 0 anywhere, 1 on some network, 2 on this machine; null where no peer can be
function nearnessOf(host: string): 0 | 1 | 2 | null {
  const bits = bitsOf(host)
  const first = bits >>> 24
  if (first === 0 || first >= 224) return null
  if (first === 127) return 2
  const isPrivate = NETWORKS.some(([network, length]) => {
    const mask = -1 << (32 - length)
    return (bits & mask) === (bitsOf(network) & mask)
  })
  return isPrivate ? 1 : 0
}

/** The IPv4 address `host` as a number of 32 bits. */
export function bitsOf(host: string): number {
  return host.split('.').reduce((bits, byte) => (bits << 8) | Number(byte), 0)
}
