import { type Build, ofEach } from '../harness/builds.ts'
import { after } from '../../shared/limits/clock.ts'
import { distant } from '../harness/distance.ts'
import type { Figure, Result } from '../harness/figure.ts'
import { alternate, samplesOf } from '../harness/measure.ts'
import { type Network, bare, loopback } from '../harness/network.ts'
import { type Launch, startSeeder, startWriter, startWriterOf } from '../harness/pair.ts'
import { Program } from '../harness/program.ts'
import { catchUp } from '../harness/reading.ts'
import { type Scope, scoped } from '../harness/scope.ts'
import { LINE_BYTES, ROUND_TRIP_MS } from '../harness/sizes.ts'

/** A copy that came without signatures has them from its writer by then. */
const SIGNATURES_MS = 10_000

/** One log, and the storage of those who hold all of it. */
interface Stores {
  key: string
  writer: string
  relay: string
  plain: string
}

export const relay: Figure = {
  name: 'relay',
  about: 'a new reader of 100,000 blocks whose one source is a relay that was restarted',
  measure: ({ rounds, scale, builds }) =>
    scoped(async (scope) => {
      const blocks = scale(100_000)
      const near = await loopback(scope)
      const far = await distant(scope, { roundTripMs: ROUND_TRIP_MS, lossPerMillion: 0 })
      const { pair: own, before } = await ofEach(builds, async (build) => {
        const stores = await fill(scope, near, build, blocks)
        return () =>
          Promise.resolve((network: Network) => sourcesOf(network, build, stores, blocks))
      })
      const results: Result[] = []
      for (const [title, network] of [
        ['loopback', near],
        ['50 ms', far]
      ] as const) {
        const { relay: pair, writer, plain } = (await own())(network)
        const rates = await alternate(rounds, {
          pair,
          before: before && (await before())(network).relay,
          'its writer': writer,
          'a copy that came by plain replication': plain
        })
        results.push({
          name: `relay-${results.length + 1}`,
          title: `catch-up from a restarted relay, ${title}`,
          unit: 'blocks/s',
          ...samplesOf(rates, (rate) => rate),
          target: { of: 'ratio', atLeast: 0.9 }
        })
      }
      return results
    })
}

/** Makes a log of `blocks`, and two copies of it: by the feed, and by plain replication. */
async function fill(
  scope: Scope,
  network: Network,
  { writer, reader }: Build,
  blocks: number
): Promise<Stores> {
  const stores = { writer: scope.folder(), relay: scope.folder(), plain: scope.folder() }
  const key = await scoped(async (filling) => {
    const launch = { app: writer, storage: stores.writer }
    const { key } = await startWriterOf(filling, network, blocks, LINE_BYTES, launch)
    const relay = startSeeder(filling, network, key, { app: reader, storage: stores.relay })
    await relay.said('holding every block')
    await relay.stop()
    const args = [stores.plain, network.bootstrap, key, String(blocks)]
    const copy = new Program(filling, 'copy', bare('bench/programs/plain-copy.ts', ...args))
    await copy.done()
    startSeeder(filling, network, key, { app: reader, storage: stores.plain })
    await after(SIGNATURES_MS)
    return key
  })
  return { key, ...stores }
}

/** How many blocks a second a new reader takes from each of those who hold the log, all others gone. */
function sourcesOf(network: Network, { writer, reader }: Build, stores: Stores, blocks: number) {
  const { key } = stores
  const seeder = (storage: string) => (scope: Scope, launch: Launch) =>
    startSeeder(scope, network, key, { ...launch, storage })
  const rateOf =
    (start: (scope: Scope, launch: Launch) => Program | Promise<Program>, app: string[]) => () =>
      scoped(async (scope) => {
        const program = await start(scope, { app })
        const { rate } = await catchUp(network, { program, key }, blocks, LINE_BYTES, {
          app: reader
        })
        return rate
      })
  return {
    relay: rateOf(seeder(stores.relay), reader),
    plain: rateOf(seeder(stores.plain), reader),
    writer: rateOf(async (scope, launch) => {
      return (await startWriter(scope, network, { ...launch, storage: stores.writer })).program
    }, writer)
  }
}
