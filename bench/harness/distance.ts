import path from 'bare-path'
import process from 'bare-process'
import { spawnSync } from 'bare-subprocess'
import { codeOf } from '../../shared/failure.ts'
import { LeftOut } from './figure.ts'
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
 * each direction and may lose packets. The DHT is where the writer is.
 *
 * Throws LeftOut where this machine has no namespaces, TUN devices or C compiler for us.
 */
export async function distant(
  scope: Scope,
  { roundTripMs, lossPerMillion = 0 }: { roundTripMs: number; lossPerMillion?: number }
): Promise<Network> {
  const relay = path.join(scope.folder(), 'tun-relay')
  run('cc', '-O2', '-o', relay, 'bench/tun-relay.c')
  const near = addNamespace(scope, 'near')
  const far = addNamespace(scope, 'far')
  const delay = String((roundTripMs * 1000) / 2)
  const command = [relay, near, far, DEVICE, delay, String(lossPerMillion)]
  const link = new Program(scope, 'tun-relay', command, { text: true })
  await link.line(/^up$/)
  connect(near, NEAR, FAR)
  connect(far, FAR, NEAR)

  const place = ['ip', 'netns', 'exec', near]
  const bootstrap = await startDht(scope, place, NEAR)
  return { bootstrap, near: place, far: ['ip', 'netns', 'exec', far] }
}

let count = 0

function addNamespace(scope: Scope, side: string): string {
  const name = `pear-bench-${process.pid}-${++count}-${side}`
  run('ip', 'netns', 'add', name)
  scope.defer(() => run('ip', 'netns', 'delete', name))
  run('ip', '-n', name, 'link', 'set', 'lo', 'up')
  return name
}

function connect(namespace: string, address: string, peer: string): void {
  run('ip', '-n', namespace, 'address', 'add', address, 'peer', peer, 'dev', DEVICE)
  run('ip', '-n', namespace, 'link', 'set', DEVICE, 'up', 'txqueuelen', String(QUEUE_PACKETS))
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = attempt(command, args)
  if (status === 0) return
  throw new LeftOut(
    `a distance needs Linux, root, ip and cc: ${[command, ...args].join(' ')}: ${stderr}`
  )
}

function attempt(command: string, args: string[]): { status: number; stderr: string } {
  try {
    const { status, stderr } = spawnSync(command, args)
    return { status, stderr: String(stderr ?? '').trim() }
  } catch (err) {
    if (codeOf(err) === 'ENOENT') return { status: -1, stderr: 'not installed' }
    throw err
  }
}
