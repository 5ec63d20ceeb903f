import type { Test } from 'brittle'
import { atOnce } from '../helpers/at-once.ts'
import { arrives, startReader, startWriter } from '../helpers/net/apps.ts'
import { Host, createNetwork, netTest, routeIntoTheVoid } from '../helpers/net/host.ts'
import type { Program } from '../helpers/program.ts'

/** What a busy machine may add to one of two that begin at the same time. */
const NOISE_MS = 1000
/** A reader that finds no peer which can tell waits this long for one that can. */
const PATIENCE_MS = 5000
/** A start is the best of some: of so many at the most, since one that waits for a DHT does so each time. */
const MOST_ROUNDS = 8

/** Milliseconds from the start of a process, or from its signal. */
interface Times {
  key: number
  block: number
  readerStop: number
  writerStop: number
  lonelyStop: number
}

netTest('nothing is slower for a DHT that cannot be reached', (t) =>
  atOnce(t, {
    'start, first block and stop take no longer without a DHT, or with one that never answers':
      async (t) => {
        const reference = await withDht(t)
        const others = {
          'no route': await withoutDht(t, { intoTheVoid: false }),
          'the void': await withoutDht(t, { intoTheVoid: true }),
          'a name in the void': await withoutDht(t, {
            intoTheVoid: true,
            args: ['--bootstrap', 'no.such.host.invalid:49737']
          })
        }
        const places = [reference, ...Object.values(others)]
        await Promise.all(places.map((place) => place.startLonely()))
        // at the same time: what else the machine does delays all alike
        await rounds(
          () => Promise.all(places.map((place) => place.startPair())),
          () => {
            const { key, block } = reference.best
            return places.every(({ best }) => {
              return best.key <= key + NOISE_MS && best.block <= block + NOISE_MS
            })
          }
        )
        const [usual, ...times] = await Promise.all(places.map((place) => place.times()))
        for (const [i, name] of Object.keys(others).entries()) {
          for (const [what, ms] of Object.entries(times[i] ?? {})) {
            const most = (usual?.[what as keyof Times] ?? 0) + NOISE_MS
            t.ok(ms <= most, `${name}, ${what}: ${ms} ms, and ${most} ms at the most`)
          }
        }
      },
    'the end of a log is learned at once of a reader that holds it, without a DHT': async (t) => {
      const host = await Host.create(t)
      const writer = await startWriter(host)
      await writer.append('held')
      const seeder = await startReader(host, writer.key, ['--start', '0'])
      await arrives(seeder, 'held')
      await writer.program.stop('SIGINT')

      const best = { start: Infinity, tail: Infinity }
      const read = async (what: keyof typeof best, position: string): Promise<void> => {
        const startedAt = Date.now()
        const reader = await startReader(host, writer.key, [`--${what}`, position])
        await arrives(reader, 'held')
        best[what] = Math.min(best[what], Date.now() - startedAt)
        await reader.stop('SIGINT')
      }
      const isAtOnce = (): boolean => best.tail <= best.start + PATIENCE_MS / 2
      await rounds(() => Promise.all([read('start', '0'), read('tail', '1')]), isAtOnce)
      t.ok(isAtOnce(), `${best.tail} ms, and ${best.start} ms from the first on`)
    }
  })
)

/** Repeats `round` until `isDone`, or as often as may be. */
async function rounds(round: () => Promise<unknown>, isDone: () => boolean): Promise<void> {
  for (let count = 0; count < MOST_ROUNDS; count++) {
    await round()
    if (isDone()) return
  }
}

async function withDht(t: Test): Promise<Place> {
  const host = await Host.create(t)
  const nodes = await host.startScript('dht.ts').stdout.line(/^127/)
  return new Place(host, host, ['--bootstrap', nodes], /the DHT answers/)
}

async function withoutDht(
  t: Test,
  { intoTheVoid, args = [] }: { intoTheVoid: boolean; args?: string[] }
): Promise<Place> {
  const { hosts } = await createNetwork(t, 2)
  const [near, far] = hosts as [Host, Host]
  if (intoTheVoid) await Promise.all(hosts.map(routeIntoTheVoid))
  return new Place(near, far, args, /the DHT does not answer/)
}

/** Where a writer and a reader are started again and again; `known` is said to whom nobody reads. */
class Place {
  readonly #near: Host
  readonly #far: Host
  readonly #args: string[]
  readonly #known: RegExp
  /** How long starts took, at best. */
  readonly best = { key: Infinity, block: Infinity }
  #pair: Program[] = []
  #lonely: Program[] = []

  constructor(near: Host, far: Host, args: string[], known: RegExp) {
    this.#near = near
    this.#far = far
    this.#args = args
    this.#known = known
  }

  /** Starts a writer and a reader in the place of those that run. */
  async startPair(): Promise<void> {
    await Promise.all(this.#pair.map((program) => program.stop('SIGINT')))
    const startedAt = Date.now()
    const { program, key, append } = await startWriter(this.#near, this.#args)
    this.best.key = Math.min(this.best.key, Date.now() - startedAt)
    await append('first')
    const readerStartedAt = Date.now()
    const reader = await startReader(this.#far, key, ['--tail', '1', ...this.#args])
    await arrives(reader, 'first')
    this.best.block = Math.min(this.best.block, Date.now() - readerStartedAt)
    this.#pair = [reader, program]
  }

  /** Starts a writer that no reader reads. */
  async startLonely(): Promise<void> {
    const { program } = await startWriter(this.#near, this.#args)
    this.#lonely = [program]
  }

  /** Stops all that runs, and tells how long everything took. */
  async times(): Promise<Times> {
    // whatever waits for the DHT is under way by then, or has given up
    for (const program of this.#lonely) await program.stderr.line(this.#known)
    const stops: number[] = []
    for (const program of [...this.#pair, ...this.#lonely]) {
      const startedAt = Date.now()
      await program.stop('SIGINT')
      stops.push(Date.now() - startedAt)
    }
    const [readerStop = 0, writerStop = 0, lonelyStop = 0] = stops
    return { ...this.best, readerStop, writerStop, lonelyStop }
  }
}
