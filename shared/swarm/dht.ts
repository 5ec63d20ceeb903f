import { Resolver } from 'bare-dns/promises'
import HyperDHT from 'hyperdht'
import { codeOf } from '../errors.ts'
import { waitForOthers } from '../limits/lateness.ts'
import {
  type Address,
  bootstrapNodeMover,
  isOnline,
  onNodesChange,
  publicNodes,
  refuseNodes,
  setLookup
} from '../upstream/hyperdht.ts'
import { askRelaysFirst } from '../upstream/hyperdht-dial.ts'
import { Hosts } from './hosts.ts'

/** A peer that is dialled by way of its relays has answered by then, if they still relay to it. */
const RELAYS_MS = 1000

/** Where a node of a DHT is reached. */
export type DhtNode = Address

/** Whether the nodes of a DHT answer. */
export interface DhtStatus {
  /** null while that is not known. */
  readonly online: boolean | null
  close(): void
}

/**
 * A node of the DHT that `bootstrap` names, or of the public one; where it names none, of none: not even
 * a peer on the local network that is a node of some DHT leads there. `onunknown` is told, once for each,
 * which host in `bootstrap` is left out, since its name leads nowhere, and why.
 */
export function createDht(
  bootstrap?: DhtNode[],
  onunknown: (host: string, reason: string) => void = () => {}
): HyperDHT {
  // given the names too, HyperDHT would have the system look them up, each time anew: where DNS does
  // not answer, that holds up every look-up, the threads that read and write files, and the exit
  const nodes = publicNodes().map(({ address, port }) => ({ host: address, port }))
  const dht = new HyperDHT({ bootstrap: bootstrap ?? nodes })
  if (bootstrap?.length === 0) refuseNodes(dht)
  askRelaysFirst(dht, (then) => waitForOthers(RELAYS_MS, then))
  const hosts = new Hosts(onunknown)
  setLookup(dht, (name) => hosts.find(name))
  dht.on('close', () => hosts.close())
  return dht
}

/**
 * Tells `onchange` whether the nodes of `dht` answer, once that is known and whenever it changes.
 * Where none does, asks for the names of the public ones, and nothing waits for that.
 */
export function watchDht(dht: HyperDHT, onchange: (online: boolean) => void): DhtStatus {
  let online: boolean | null = null
  let bootstrapped = false
  let closed = false
  const resolver = new Resolver()
  const stopListening = onNodesChange(dht, update)
  dht.on('network-change', findMoved)
  // a node may have answered before
  void Promise.resolve().then(update)
  // destroyed before, it never tells
  dht.fullyBootstrapped().then(onbootstrapped, () => {})
  return {
    get online() {
      return online
    },
    close() {
      closed = true
      stopListening()
      dht.off('network-change', findMoved)
      resolver.destroy()
    }
  }

  function onbootstrapped(): void {
    bootstrapped = true
    update()
  }

  function update(): void {
    const hasNodes = dht.toArray({ limit: 1 }).length > 0
    if (closed || (online === null && !hasNodes && !bootstrapped)) return
    const isUp = hasNodes && isOnline(dht)
    if (isUp === online) return
    online = isUp
    findMoved()
    onchange(isUp)
  }

  function findMoved(): void {
    if (online === false) void findPublicNodes(dht, resolver)
  }
}

/** Has the next look-up begin where the names of the public nodes lead now. */
async function findPublicNodes(dht: HyperDHT, resolver: Resolver): Promise<void> {
  for (const { address, name, port } of publicNodes()) {
    const moveTo = bootstrapNodeMover(dht, { host: address, port })
    if (moveTo === null) continue
    try {
      const [host] = await resolver.resolve4(name)
      if (host !== undefined) moveTo(host)
    } catch (err) {
      // no answer, or none for this name
      if (codeOf(err) === '') throw err
    }
  }
}
