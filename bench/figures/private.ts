import type { Figure, Result } from '../harness/figure.ts'
import { alternate, samplesOf } from '../harness/measure.ts'
import { type Network, loopback } from '../harness/network.ts'
import { type Writer, append, startReader, startWriter, startWriterOf } from '../harness/pair.ts'
import { catchUp } from '../harness/reading.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

/** What a writer is told for a log of each kind. */
const KINDS = { pair: ['--private'], 'a plain log': [] }

/** What encryption costs: the pair on a private log, beside the pair on a plain one. */
export const privateLog: Figure = {
  name: 'private',
  about: 'a private log beside a plain one: ingest, blind seeding, catch-up',
  measure: ({ rounds, scale, builds: { pair } }) =>
    scoped(async (scope) => {
      const count = scale(200_000)
      const network = await loopback(scope)
      const start = (flags: string[]) => ({ app: [...pair.writer, ...flags] })
      const ingest = await each((flags) => () => ingestRate(network, count, start(flags)))
      const served = await each((flags) =>
        startWriterOf(scope, network, count, LINE_BYTES, start(flags))
      )
      const reading = await each(
        (_, kind) => () =>
          catchUp(network, readable(served[kind]), count, LINE_BYTES, { app: pair.reader })
      )
      const seeding = await each(
        (_, kind) => () => seedRate(network, served[kind], count, { app: pair.reader })
      )
      const reads = await alternate(rounds, reading)
      return [
        result(
          'private-ingest',
          'stdin to blocks of a private log',
          0.85,
          await alternate(rounds, ingest)
        ),
        result(
          'private-seeding',
          'a seeder of a private log',
          0.95,
          await alternate(rounds, seeding)
        ),
        {
          ...result('private-catch-up', 'a reader of a private log', 0.75, {}),
          ...samplesOf(reads, ({ rate }) => rate)
        }
      ]
    })
}

type Kind = keyof typeof KINDS

async function each<T>(
  make: (flags: string[], kind: Kind) => T | Promise<T>
): Promise<Record<Kind, T>> {
  return {
    pair: await make(KINDS.pair, 'pair'),
    'a plain log': await make(KINDS['a plain log'], 'a plain log')
  }
}

function result(
  name: string,
  title: string,
  atLeast: number,
  rates: Record<string, number[]>
): Result {
  const target = { of: 'ratio', atLeast } as const
  return { name, title, unit: 'blocks/s', ...samplesOf(rates, (rate) => rate), target }
}

/** The same writer, as one sees it that has the read key of its log. */
function readable({ program, key, read }: Writer): Writer {
  return { program, key: read ?? key, read }
}

function ingestRate(network: Network, count: number, launch: { app: string[] }): Promise<number> {
  return scoped(async (scope) => {
    const writer = await startWriter(scope, network, launch)
    return (count * 1000) / (await append(writer, count, LINE_BYTES))
  })
}

/** From the start of a seeder on, which is what a person waits for. */
function seedRate(
  network: Network,
  { key }: Writer,
  count: number,
  launch: { app: string[] }
): Promise<number> {
  return scoped(async (scope) => {
    const seeder = startReader(scope, network, key, ['--seed'], launch)
    const held = await seeder.said(`holding every block so far (${count})`)
    return (count * 1000) / (held - seeder.startedAt)
  })
}
