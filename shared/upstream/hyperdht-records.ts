// Checked with hyperdht 6.32.0, dht-rpc 6.27.0 and hyperswarm 4.17.2.
import b4a from 'b4a'
import HyperDHT from 'hyperdht'
import type Hyperswarm from 'hyperswarm'
import type { Address } from './hyperdht.ts'
import { type Members, assertMembers } from './members.ts'

interface Rpc {
  _resolveBootstrapNodes(): AsyncIterable<Address>
  remoteAddress(): Address | null
  request(
    message: { command: number; target: Uint8Array },
    to: Address,
    opts: { retry: boolean }
  ): Promise<{ value: Uint8Array | null }>
}

interface Hashing {
  hash(data: Uint8Array): Uint8Array
}

interface Announcing {
  readonly server: { readonly relayAddresses: readonly Address[]; refresh(): void }
  status(topic: Uint8Array): { readonly _closestNodes?: readonly Address[] | null } | null
}

/** What this module uses of a node of the DHT. */
export const RECORD_MEMBERS: Members = {
  'dht.request': 'function',
  'dht.remoteAddress': 'function',
  'dht._resolveBootstrapNodes': 'function'
}

/** What this module uses of a swarm. */
export const ANNOUNCING_MEMBERS: Members = {
  'swarm.status': 'function',
  'swarm.server.refresh': 'function',
  'swarm.server.relayAddresses': 'object'
}

/** What this module uses of a topic that was joined. */
const TOPIC_MEMBERS: Members = { 'topic._closestNodes': 'object' }

/** The numbers of the requests for a peer by its key, and for the peers of a topic (lib/constants.js). */
const FIND_PEER = 2
const LOOKUP = 3

/** Of the peers of a topic that a node knows it names no more than these, by chance (lib/persistent.js). */
const MAX_NAMED = 20

/** What a node says of a peer of a topic: `full` where it names as many others as it ever does, and may know it. */
export type Named = 'named' | 'missing' | 'full'

/**
 * Whether `node` names the peer with `publicKey` to those that look for `topic`; null where it does not
 * answer within a second. One packet each way. The request is documented, its number and how it is
 * answered are not.
 */
export async function namesPeer(
  dht: HyperDHT,
  node: Address,
  topic: Uint8Array,
  publicKey: Uint8Array
): Promise<Named | null> {
  const answer = await ask(dht, node, LOOKUP, topic)
  if (answer === null) return null
  const { value } = answer
  if (value === null) return 'missing'
  // it begins with how many it names, and lists the keys as they are
  if (b4a.indexOf(value, publicKey) !== -1) return 'named'
  return value[0] === MAX_NAMED ? 'full' : 'missing'
}

/**
 * Whether a node still relays to the peer that `swarm` is, as any of those does that took it upon them;
 * a peer behind a firewall is reached by no other way. A packet each way for each that is asked. No
 * public way.
 */
export async function isRelayed(swarm: Hyperswarm, publicKey: Uint8Array): Promise<boolean> {
  const own = (swarm.dht as HyperDHT & Rpc).remoteAddress()
  const target = (HyperDHT as typeof HyperDHT & Hashing).hash(publicKey)
  for (const node of (swarm as Hyperswarm & Announcing).server.relayAddresses) {
    if (own !== null && node.host === own.host && node.port === own.port) continue
    const answer = await ask(swarm.dht, node, FIND_PEER, target)
    if (answer !== null && answer.value !== null) return true
  }
  return false
}

/**
 * Has the nodes that relay to `swarm` told again, within seconds, where it is. `server.refresh` is
 * documented, that a swarm has a server is not.
 */
export function refreshRelays(swarm: Hyperswarm): void {
  ;(swarm as Hyperswarm & Announcing).server.refresh()
}

/**
 * The nodes that took the last announcement of `topic`, up to twenty; none before there was one. Throws
 * a Failure where they are no longer kept, since all would seem to be lost. No public way: the query
 * that announces is Hyperswarm's own.
 */
export function announcedTo(swarm: Hyperswarm, topic: Uint8Array): readonly Address[] {
  const joined = (swarm as Hyperswarm & Announcing).status(topic)
  if (joined?._closestNodes === undefined) {
    if (joined !== null) assertMembers('hyperswarm', joined, TOPIC_MEMBERS)
    return []
  }
  return joined._closestNodes ?? []
}

/** The nodes at which `dht` begins where it knows no other; their names are looked up. No public way. */
export async function firstNodes(dht: HyperDHT): Promise<Address[]> {
  const nodes: Address[] = []
  for await (const node of (dht as HyperDHT & Rpc)._resolveBootstrapNodes()) nodes.push(node)
  return nodes
}

async function ask(
  dht: HyperDHT,
  node: Address,
  command: number,
  target: Uint8Array
): Promise<{ value: Uint8Array | null } | null> {
  try {
    return await (dht as HyperDHT & Rpc).request({ command, target }, node, { retry: false })
  } catch {
    return null
  }
}
