import type { Test } from 'brittle'
import type { Program } from '../helpers/program.ts'
import { arrives, startReader, startWriter } from '../helpers/net/apps.ts'
import { Host, createNetwork, netTest, routeIntoTheVoid } from '../helpers/net/host.ts'

/** What a busy machine may add to anything; a start is measured as the best of some. */
const NOISE_MS = 1000
const ROUNDS = 3

/** Milliseconds from the start of a process, or from its signal. */
interface Times {
  key: number
  block: number
  readerStop: number
  writerStop: number
  lonelyStop: number
}

netTest(
  'start, first block and stop take no longer without a DHT, or with one that never answers',
  async (t) => {
    const answering = await Host.create(t)
    const dht = answering.startScript('dht.ts')
    const nodes = await dht.stdout.line(/^127/)
    const reference = await measure(
      t,
      answering,
      answering,
      ['--bootstrap', nodes],
      /the DHT answers/
    )

    const { hosts } = await createNetwork(t, 2)
    const [a, b] = hosts as [Host, Host]
    compare(t, 'no route', await measure(t, a, b, [], /the DHT does not answer/), reference)
    await routeIntoTheVoid(a)
    await routeIntoTheVoid(b)
    compare(t, 'the void', await measure(t, a, b, [], /the DHT does not answer/), reference)
  }
)

async function measure(t: Test, a: Host, b: Host, args: string[], known: RegExp): Promise<Times> {
  const key: number[] = []
  const block: number[] = []
  for (let round = 1; ; round++) {
    const startedAt = Date.now()
    const { program: writer, ...log } = await startWriter(a, args)
    key.push(Date.now() - startedAt)
    await log.append('first')
    const readerStartedAt = Date.now()
    const reader = await startReader(b, log.key, ['--tail', '1', ...args])
    await arrives(reader, 'first')
    block.push(Date.now() - readerStartedAt)
    if (round < ROUNDS) {
      await Promise.all([reader.stop('SIGINT'), writer.stop('SIGINT')])
      continue
    }
    // whatever waits for the DHT is under way, or has given up
    await writer.stderr.line(known)
    const readerStop = await timeToStop(reader)
    const writerStop = await timeToStop(writer)
    const lonely = await startWriter(a, args)
    await lonely.program.stderr.line(known)
    const lonelyStop = await timeToStop(lonely.program)
    return { key: Math.min(...key), block: Math.min(...block), readerStop, writerStop, lonelyStop }
  }
}

/** The milliseconds that Ctrl-C takes. */
async function timeToStop(program: Program): Promise<number> {
  const startedAt = Date.now()
  await program.stop('SIGINT')
  return Date.now() - startedAt
}

function compare(t: Test, what: string, times: Times, reference: Times): void {
  for (const [name, ms] of Object.entries(times)) {
    const usual = reference[name as keyof Times]
    t.ok(ms <= usual + NOISE_MS, `${what}, ${name}: ${ms} ms, with a DHT ${usual} ms`)
  }
}
