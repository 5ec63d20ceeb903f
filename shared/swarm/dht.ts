import { Resolver } from 'bare-dns/promises'
import HyperDHT from 'hyperdht'
import { codeOf } from '../errors.ts'

/** Where a node of a DHT is reached. */
export interface DhtNode {
  host: string
  port: number
}

/** The nodes of the public DHT, which HyperDHT names as address@name:port. */
const PUBLIC = HyperDHT.BOOTSTRAP.flatMap((node) => {
  const [, address, name = '', port] = /^(?:([\d.]+)@)?([^@]+):(\d+)$/.exec(String(node)) ?? []
  return port === undefined ? [] : [{ address: address ?? name, name, port: Number(port) }]
})

/** Whether the nodes of a DHT answer; null while that is not known. */
export interface Reach {
  readonly answers: boolean | null
  close(): void
}

/** A node of the DHT that `bootstrap` names, or of the public one. */
export function createDht(bootstrap?: DhtNode[]): HyperDHT {
  // given the names too, HyperDHT would have the system look them up, each time anew: where DNS does
  // not answer, that holds up every look-up, the threads that read and write files, and the exit
  const nodes = PUBLIC.map(({ address, port }) => ({ host: address, port }))
  return new HyperDHT({ bootstrap: bootstrap ?? nodes })
}

/**
 * Tells `onchange` whether the nodes of `dht` answer, once that is known and whenever it changes.
 * Where none does, asks for the names of the public ones, and nothing waits for that.
 */
export function watchReach(dht: HyperDHT, onchange: (answers: boolean) => void): Reach {
  let answers: boolean | null = null
  const resolver = new Resolver()
  for (const event of EVENTS) dht.on(event, update)
  dht.on('network-change', findMoved)
  // it may have been ready before
  void Promise.resolve().then(update)
  return {
    get answers() {
      return answers
    },
    close() {
      for (const event of EVENTS) dht.off(event, update)
      dht.off('network-change', findMoved)
      resolver.destroy()
    }
  }

  function update(): void {
    if (answers === null && dht.nodes.length === 0 && !dht.bootstrapped) return
    const now = dht.nodes.length > 0 && dht.online
    if (now === answers) return
    answers = now
    findMoved()
    onchange(now)
  }

  function findMoved(): void {
    if (answers === false) void resolvePublic(dht, resolver)
  }
}

const EVENTS = ['ready', 'add-node', 'remove-node', 'network-update'] as const

async function resolvePublic(dht: HyperDHT, resolver: Resolver): Promise<void> {
  for (const { address, name, port } of PUBLIC) {
    const node = dht.bootstrapNodes.find((other) => other.host === address && other.port === port)
    if (node === undefined) continue
    try {
      const [host] = await resolver.resolve4(name)
      // where it has moved to, the next look-up begins
      if (host !== undefined) node.host = host
    } catch (err) {
      // no answer, or none for this name
      if (codeOf(err) === '') throw err
    }
  }
}
