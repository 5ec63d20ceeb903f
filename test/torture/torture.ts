import type { Test } from 'brittle'
import { Random } from '../helpers/random.ts'
import { type Tally, afflict } from './afflict.ts'
import { check } from './check.ts'
import { planFaults } from './faults.ts'
import { Lines } from './lines.ts'
import { readLog } from './log.ts'
import { within } from './patience.ts'
import { Reader } from './reader.ts'
import { Trace } from './trace.ts'
import { Writer } from './writer.ts'

/** Once the faults have ceased, everybody has caught up after this long. */
const CATCH_UP_MS = 120_000
const START_MS = 60_000

export interface Round {
  seed: number
  seconds: number
  readers: number
}

/**
 * A writer is given numbered lines while it and its readers go through faults, which `seed`
 * determines. Then the faults cease, everybody catches up, and what was acknowledged, what is in the
 * log and what was printed are compared.
 */
export async function torture(t: Test, round: Round): Promise<void> {
  const trace = new Trace()
  t.comment(`--seed ${round.seed} --seconds ${round.seconds} --readers ${round.readers}`)
  const summary = await Promise.race([run(t, round, trace), trace.failed]).catch((err) => {
    if (trace.broken) return []
    trace.violation(err instanceof Error ? (err.stack ?? err.message) : String(err))
    return []
  })
  for (const line of summary) t.comment(line)
  if (trace.violations.length > 0) console.log(String(trace))
  t.alike(trace.violations, [], 'no promise was broken')
}

async function run(t: Test, round: Round, trace: Trace): Promise<string[]> {
  const random = new Random(round.seed)
  const lines = new Lines(fork(random).seed)
  const folder = await t.tmp()
  const ms = round.seconds * 1000

  const writer = new Writer(t, lines, fork(random), folder, trace)
  writer.start()
  const key = await within(writer.key(), START_MS, () => 'the writer has no key')
  const readers = Array.from({ length: round.readers }, (_, i) => {
    return new Reader(t, `reader ${i + 1}`, key, lines, folder, trace)
  })
  for (const reader of readers) reader.start()

  const tallies = await Promise.all([
    afflict(writer, planFaults(fork(random), ['kill', 'stop', 'pause', 'stall'], ms), trace),
    ...readers.map((reader) => {
      const faults = planFaults(fork(random), ['kill', 'stop', 'pause', 'stall'], ms)
      return afflict(reader, faults, trace)
    })
  ])

  trace.note('everybody', 'the faults have ceased')
  const calmAt = Date.now()
  const behind = (): string => {
    return readers.map(({ name, next }) => `${name} has printed ${next} blocks`).join(', ')
  }
  const length = await within(writer.finish(), CATCH_UP_MS, () => 'the writer is not done')
  const caughtUp = Promise.all(readers.map((reader) => reader.reach(length)))
  await within(caughtUp, CATCH_UP_MS, () => `of ${length} blocks ${behind()}`)
  const caughtUpMs = Date.now() - calmAt
  trace.note('everybody', `has caught up at ${length} blocks`)

  await Promise.all([writer, ...readers].map((subject) => subject.stop()))
  const log = await readLog(writer.storage, lines)
  const history = { writer: writer.runs, readers: readers.map(({ runs }) => runs), log }
  for (const violation of check(history)) trace.violation(violation)
  const summaries = [writer, ...readers].map((subject, i) => {
    return `${subject.name}: ${subject.summary(log)}; ${told(tallies[i])}`
  })
  return [...summaries, `caught up ${caughtUpMs} ms after the last fault`]
}

/** A source of numbers of its own: what others take from theirs does not change it. */
function fork(random: Random): Random {
  return new Random(random.below(2 ** 32))
}

function told(tally: Tally = new Map()): string {
  return [...tally].map(([kind, count]) => `${kind} ${count}`).join(', ')
}
