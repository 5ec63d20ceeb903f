import path from 'bare-path'
import { addNamespace, ip, run, within } from './namespaces.ts'
import { type Network, startDht } from './network.ts'
import { Program } from './program.ts'
import type { Scope } from './scope.ts'

const NEAR = '10.77.0.1'
const FAR = '10.77.0.2'
const DEVICE = 'relay'
/** Packets that a device holds until they are read: more than any burst of the programs. */
const QUEUE_PACKETS = 10_000

/**
 * Two network namespaces with nothing but loopback and one link between them, which has a delay in
 * each direction and may lose packets. The DHT is where the writer is. Throws LeftOut where this
 * machine has no namespaces, TUN devices or C compiler for us.
 */
export async function distant(
  scope: Scope,
  { roundTripMs, lossPerMillion = 0 }: { roundTripMs: number; lossPerMillion?: number }
): Promise<Network> {
  const relay = path.join(scope.folder(), 'tun-relay')
  run('cc', '-O2', '-o', relay, 'bench/tun-relay.c')
  const near = addNamespace(scope)
  const far = addNamespace(scope)
  const delay = String((roundTripMs * 1000) / 2)
  const command = [relay, near, far, DEVICE, delay, String(lossPerMillion)]
  const link = new Program(scope, 'tun-relay', command, { text: true })
  await link.line(/^up$/)
  connect(near, NEAR, FAR)
  connect(far, FAR, NEAR)
  const bootstrap = await startDht(scope, within(near), NEAR)
  return { bootstrap, near: within(near), far: within(far) }
}

function connect(namespace: string, address: string, peer: string): void {
  ip(namespace, `address add ${address} peer ${peer} dev ${DEVICE}`)
  ip(namespace, `link set ${DEVICE} up txqueuelen ${QUEUE_PACKETS}`)
}
