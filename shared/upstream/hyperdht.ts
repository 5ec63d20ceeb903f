// Checked with hyperdht 6.32.0 and dht-rpc 6.27.0, which it extends.
import HyperDHT from 'hyperdht'
import { type Members, assertMembers } from './members.ts'

/** Where a peer, or a node of the DHT, is. */
export interface Address {
  host: string
  port: number
}

interface Rpc {
  readonly bootstrapNodes: Address[]
  readonly online: boolean
  bind(): Promise<void>
  localAddress(): Address | null
  _filterNode: (node: Address) => boolean
  readonly udx: { lookup: (name: string) => Promise<{ host: string; family: 4 }> }
}

const TABLE_EVENTS = ['add-node', 'remove-node', 'network-update'] as const

interface Emitter {
  on(event: (typeof TABLE_EVENTS)[number], listener: () => void): unknown
  off(event: (typeof TABLE_EVENTS)[number], listener: () => void): unknown
}

/** What this module uses of a node of the DHT. */
export const DHT_MEMBERS: Members = {
  'dht.bootstrapNodes': 'object',
  'dht.online': 'boolean',
  'dht.bind': 'function',
  'dht.localAddress': 'function'
}

const FILTER_MEMBERS: Members = { 'dht._filterNode': 'function' }
const LOOKUP_MEMBERS: Members = { 'dht.udx.lookup': 'function' }

/** A node of the public DHT: where it is by the list of HyperDHT, and the name that says where it is now. */
interface PublicNode {
  address: string
  name: string
  port: number
}

/**
 * The nodes that HyperDHT begins with when it is told of none, which it lists as address@name:port: under
 * Pear those that Pear was told. A public way for a part of it: the README has the list as it was.
 */
export function publicNodes(): PublicNode[] {
  const { BOOTSTRAP } = HyperDHT as typeof HyperDHT & { BOOTSTRAP: (string | Address)[] }
  return BOOTSTRAP.flatMap((node) => {
    const [, address, name = '', port] = /^(?:([\d.]+)@)?([^@]+):(\d+)$/.exec(String(node)) ?? []
    return port === undefined ? [] : [{ address: address ?? name, name, port: Number(port) }]
  })
}

/** Whether anything has come in of late from the network at all. No public way. */
export function isOnline(dht: HyperDHT): boolean {
  return (dht as HyperDHT & Rpc).online
}

/**
 * Has `listener` called whenever `dht` has learned of a node, lost one, or come to be online or offline.
 * Returns what ends that. Undocumented events; no public way but to ask again and again.
 */
export function onNodesChange(dht: HyperDHT, listener: () => void): () => void {
  const emitter = dht as HyperDHT & Emitter
  for (const event of TABLE_EVENTS) emitter.on(event, listener)
  return () => {
    for (const event of TABLE_EVENTS) emitter.off(event, listener)
  }
}

/**
 * Returns what has the look-ups of `dht` begin at another host than at `from`; null where none begins
 * there. For nodes that have moved since `dht` was made. No public way: `dht.addNode` counts a node as
 * one that answers before it has.
 */
export function bootstrapNodeMover(dht: HyperDHT, from: Address): ((host: string) => void) | null {
  const { bootstrapNodes } = dht as HyperDHT & Rpc
  const node = bootstrapNodes.find(({ host, port }) => host === from.host && port === from.port)
  if (node === undefined) return null
  return (host) => {
    node.host = host
  }
}

/** Whether `dht` knows of any node at which its look-ups begin: without one it is on no DHT. No public way. */
export function beginsAnywhere(dht: HyperDHT): boolean {
  return (dht as HyperDHT & Rpc).bootstrapNodes.length > 0
}

/**
 * Has `dht` take no node that it hears of for one of its DHT. Throws a Failure where the member was renamed.
 * No public way: HyperDHT has a filter of its own in the place of the option that dht-rpc documents.
 */
export function refuseNodes(dht: HyperDHT): void {
  assertMembers('hyperdht', dht, FILTER_MEMBERS)
  ;(dht as HyperDHT & Rpc)._filterNode = () => false
}

/**
 * Has `dht` look up the hosts at which it begins by `lookup`, which resolves to an IPv4 address. HyperDHT
 * leaves out in silence a host that it cannot look up, and asks the system anew at each query. Throws a
 * Failure where the member was renamed. That `udx` can be given is documented, what is asked of it is not.
 */
export function setLookup(dht: HyperDHT, lookup: (name: string) => Promise<string>): void {
  assertMembers('hyperdht', dht, LOOKUP_MEMBERS)
  ;(dht as HyperDHT & Rpc).udx.lookup = async (name) => ({ host: await lookup(name), family: 4 })
}

/** Resolves once `dht` has its port, where peers of the same link dial it. No public way to its error. */
export function bindPort(dht: HyperDHT): Promise<void> {
  return (dht as HyperDHT & Rpc).bind()
}

/**
 * The port at which peers of the same link reach `dht`; null before it has one. No public way:
 * `dht.address` may be that of the socket from which it asks.
 */
export function localPort(dht: HyperDHT): number | null {
  return (dht as HyperDHT & Rpc).localAddress()?.port ?? null
}
