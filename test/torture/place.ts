import path from 'bare-path'
import { type Test, skip } from 'brittle'
import { Host } from '../helpers/net/host.ts'
import { linkTest } from '../helpers/net/slow-link.ts'
import { compileLink } from '../../bench/harness/link.ts'
import type { Random } from '../helpers/random.ts'

/** Where a program runs. */
export interface Place {
  /** What a command that is to run there begins with. */
  enter: string[]
  address: string
  link: Link | null
}

export interface Link {
  /** Limits what goes over the link; returns what lifts the limits, and says what they are. */
  limit(random: Random): Promise<{ lift: () => Promise<void>; told: string }>
}

/** Why links can't be limited here; null where they can. */
export function linksLeftOut(): string | null {
  if (linkTest !== skip) return null
  return 'slow links are left out: this machine has no network namespaces, TUN devices or C compiler for us'
}

/** `count` places on the loopback of this machine, and one for the DHT. */
export function onThisMachine(count: number): { places: Place[]; center: Place } {
  const place = { enter: [], address: '127.0.0.1', link: null }
  return { places: Array.from({ length: count }, () => place), center: place }
}

/** The slowest and the fastest rate of a limited link, in bits per second. */
const RATES = [500_000, 20_000_000] as const
const MOST_ROUND_TRIP_MS = 100
const MOST_LOSS_PER_MILLION = 10_000

/**
 * `count` hosts, each with a link to a router between them, which is the place for the DHT. While a
 * link is limited, its packets take the way through a relay.
 */
export async function onNetwork(
  t: Test,
  count: number
): Promise<{ places: Place[]; center: Place }> {
  const router = await Host.create(t)
  const address = '10.9.0.1'
  await router.ip(`addr add ${address}/32 dev lo`)
  await router.output(['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'])
  const relay = path.join(await t.tmp(), 'tun-relay')
  await router.output(compileLink(relay))
  const places: Place[] = []
  for (let number = 1; number <= count; number++) {
    places.push(await connect(t, router, relay, number))
  }
  return { places, center: { enter: router.inside, address, link: null } }
}

async function connect(t: Test, router: Host, relay: string, number: number): Promise<Place> {
  const host = await Host.create(t, router)
  const [near, address] = [`10.9.${number}.1`, `10.9.${number}.2`]
  await router.ip(`link add port${number} type veth peer name eth0 netns ${host.namespace}`)
  await router.ip(`addr add ${near}/30 dev port${number}`)
  await router.ip(`link set port${number} up`)
  await host.ip(`addr add ${address}/30 dev eth0`)
  await host.ip('link set eth0 up')
  await host.ip(`route add default via ${near} metric 10`)
  return { enter: host.inside, address, link: { limit } }

  async function limit(random: Random): Promise<{ lift: () => Promise<void>; told: string }> {
    const [slowest, fastest] = RATES
    const rate = Math.round(slowest * (fastest / slowest) ** (random.below(1000) / 1000))
    const roundTripMs = random.below(MOST_ROUND_TRIP_MS)
    const loss = random.chance(0.5) ? random.below(MOST_LOSS_PER_MILLION) : 0
    const device = `relay${number}`
    const limits = [roundTripMs * 500, loss, rate].map(String)
    const program = router.start([relay, host.namespace, router.namespace, device, ...limits])
    await program.stdout.line('up')
    for (const end of [host, router]) await end.ip(`link set ${device} up txqueuelen 10000`)
    await host.ip(`route add default dev ${device} src ${address} metric 1`)
    await router.ip(`route add ${address}/32 dev ${device}`)
    return {
      // the device goes with the program, and the routes with the device
      lift: () => program.kill(),
      told: `${rate} bit/s, ${roundTripMs} ms, ${loss} of a million packets lost`
    }
  }
}
