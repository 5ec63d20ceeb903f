import b4a from 'b4a'
import { commandOf } from '../shared/app/environment.ts'
import { encodeReadKey } from '../shared/storage/read-key.ts'
import type { DhtNode } from '../shared/swarm.ts'

/**
 * What to type on the other side: with the read key of a log that is private, and the DHT nodes that
 * this side was told to use.
 */
export function invitation(
  bootstrap: DhtNode[] | undefined,
  key: Uint8Array,
  encryption: Uint8Array | null
): string {
  const flags = bootstrap === undefined ? '' : ` --bootstrap ${nodesOf(bootstrap)}`
  const access = encryption === null ? b4a.toString(key, 'hex') : encodeReadKey(key, encryption)
  return `${commandOf('reader-app')}${flags} ${access}`
}

function nodesOf(nodes: DhtNode[]): string {
  return nodes.map(({ host, port }) => `${host}:${port}`).join(',') || 'none'
}
