// How long a reader takes from exec to its first block where no DHT answers, against the guide's code:
//   bare bench/lan.ts [rounds]
// Needs Linux, root and ip; the networks are namespaces of its own, from which no packet leaves.
import process from 'bare-process'
import { now } from './harness/clock.ts'
import { startGuideReader, startGuideWriterOf } from './harness/guide.ts'
import { alternate, median, percentile } from './harness/measure.ts'
import { type Network, bare } from './harness/network.ts'
import { withKey } from './harness/pair.ts'
import { Program } from './harness/program.ts'
import { startProgress } from './harness/progress.ts'
import { type Scope, closeScopes, scoped } from './harness/scope.ts'

/** The guide's code is given this long, in so many rounds. */
const GUIDE_MS = 15_000
const GUIDE_ROUNDS = 3
/** An address for documents (RFC 5737): no host has it. */
const NO_DHT = '203.0.113.1:49737'

const rounds = Number(Bare.argv[2] ?? 20)
process.on('SIGINT', () => void closeScopes().then(() => Bare.exit(130)))

await scoped(async (scope) => {
  const networks = {
    'loopback only': await loopbackOnly(scope),
    'a bridge, no route': await bridge(scope),
    'a route into the void': await bridge(scope, { intoTheVoid: true })
  }
  startProgress('pair')
  const modules: number[] = []
  const pair = await measure(networks, rounds, async (network) => {
    const { program, key } = await startWriter(scope, network)
    await program.write(['a line\n'])
    await program.line(/"append"/)
    return async () => {
      modules.push(await scoped(timeToLoad))
      return scoped((round) => timeToBlock(round, network, key))
    }
  })
  startProgress('guide')
  const guide = await measure(networks, GUIDE_ROUNDS, async (network) => {
    const { key } = await startGuideWriterOf(scope, network, 1, 7)
    return () => scoped((round) => guideTimeToBlock(round, network, key))
  })

  console.log(`loading the reader's modules alone: ${summary(modules)}`)
  for (const name of Object.keys(networks) as (keyof typeof networks)[]) {
    const met = guide[name].filter((time) => time < Infinity).length
    console.log(
      `${name}: ${summary(pair[name])}; the guide's code met in ${met} of ${GUIDE_ROUNDS} within ${GUIDE_MS / 1000} s`
    )
  }
})

function summary(ms: number[]): string {
  return `median ${median(ms).toFixed(0)} ms, worst ${percentile(ms, 100).toFixed(0)} ms of ${ms.length}`
}

/** Prepares a run in every network, then lets each run once in each round. */
async function measure<Name extends string>(
  networks: Record<Name, Network>,
  count: number,
  prepare: (network: Network) => Promise<() => Promise<number>>
): Promise<Record<Name, number[]>> {
  const runs: [string, () => Promise<number>][] = []
  for (const [name, network] of Object.entries<Network>(networks)) {
    runs.push([name, await prepare(network)])
  }
  return alternate(count, Object.fromEntries(runs) as Record<Name, () => Promise<number>>)
}

function startWriter(scope: Scope, { near }: Network) {
  const command = [...near, ...bare('writer-app', '--json', '--storage', scope.folder())]
  return withKey(new Program(scope, 'writer-app', command, { text: true }))
}

async function timeToBlock(scope: Scope, { far }: Network, key: string): Promise<number> {
  const flags = ['--raw', '--tail', '1', '--count', '1', '--storage', scope.folder()]
  const reader = new Program(scope, 'reader-app', [...far, ...bare('reader-app', key, ...flags)])
  const to = await reader.received(1)
  return to - reader.startedAt
}

async function timeToLoad(scope: Scope): Promise<number> {
  const modules = new Program(scope, 'modules', bare('bench/baselines/modules.ts', 'reader-app'))
  const to = await modules.received(1)
  return to - modules.startedAt
}

function guideTimeToBlock(scope: Scope, network: Network, key: string): Promise<number> {
  const reader = startGuideReader(scope, network, key, 'loop', 1)
  return Promise.race([
    reader.received(1).then(
      (to) => to - reader.startedAt,
      // stopped before it met anyone
      () => Infinity
    ),
    new Promise<number>((resolve) => setTimeout(() => resolve(Infinity), GUIDE_MS))
  ])
}

async function loopbackOnly(scope: Scope): Promise<Network> {
  const host = await addHost(scope)
  return { bootstrap: NO_DHT, near: host, far: host }
}

async function bridge(scope: Scope, { intoTheVoid = false } = {}): Promise<Network> {
  const hub = await addHost(scope)
  await ip(scope, hub, 'link add bridge type bridge')
  await ip(scope, hub, 'link set bridge up')
  const hosts: string[][] = []
  for (const number of [1, 2]) {
    const host = await addHost(scope)
    const [, target = ''] = host
    const port = `port${number}`
    await ip(scope, hub, `link add ${port} type veth peer name eth0 netns ${pidOf(target)}`)
    await ip(scope, hub, `link set ${port} master bridge up`)
    await ip(scope, host, `addr add 10.9.0.${number}/24 dev eth0`)
    await ip(scope, host, 'link set eth0 up')
    if (intoTheVoid) {
      await ip(scope, host, 'route add default via 10.9.0.254')
      await ip(scope, host, 'neigh add 10.9.0.254 lladdr 02:00:00:00:00:fe dev eth0')
    }
    hosts.push(host)
  }
  const [near = [], far = []] = hosts
  return { bootstrap: NO_DHT, near, far }
}

/** A network namespace with its loopback up, as what runs a command there; it ends with `scope`. */
async function addHost(scope: Scope): Promise<string[]> {
  const holder = new Program(scope, 'host', ['unshare', '--net', 'cat'], { text: true })
  await holder.write(['ready\n'])
  await holder.line(/ready/)
  const host = ['nsenter', `--target=${holder.pid}`, '--net']
  await ip(scope, host, 'link set lo up')
  return host
}

function pidOf(target: string): string {
  return target.slice(target.indexOf('=') + 1)
}

async function ip(scope: Scope, host: string[], args: string): Promise<void> {
  await new Program(scope, 'ip', [...host, 'ip', ...args.split(' ')]).done()
}
