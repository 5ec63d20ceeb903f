import type { Membership } from '../swarm.ts'

/** How peers are looked for. */
export type Search = Pick<Membership, 'dht' | 'lan'>

export const LOCAL = 'on this machine and the local network'

/** Where peers are looked for, as a sentence goes on. */
export function placesSearched({ lan, dht }: Search): string {
  if (dht === null) return lan === null ? 'nowhere (--bootstrap none, --no-lan)' : LOCAL
  if (dht.online !== false) return lan === null ? 'in the DHT' : `in the DHT, ${LOCAL}`
  return lan === null ? 'in the DHT, which does not answer' : `${LOCAL} only`
}
