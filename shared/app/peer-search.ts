import type { Membership } from '../swarm.ts'

/** How peers are looked for. */
export type Search = Pick<Membership, 'dht' | 'lan'>

export const LOCAL = 'on this machine and the local network'

/** Where peers are looked for, as a sentence goes on. */
export function placesSearched({ lan, dht }: Search): string {
  if (dht === null) return lan ? LOCAL : 'nowhere (--bootstrap none, --no-lan)'
  if (dht.online !== false) return lan ? `in the DHT, ${LOCAL}` : 'in the DHT'
  return lan ? `${LOCAL} only` : 'in the DHT, which does not answer'
}
