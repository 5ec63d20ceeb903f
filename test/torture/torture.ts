import os from 'bare-os'
import type { Test } from 'brittle'
import { Random } from '../helpers/random.ts'
import { type Tally, afflict, toDht, toLink, toProcess } from './afflict.ts'
import { check } from './check.ts'
import { Dht } from './dht.ts'
import { type Victim, planFaults } from './faults.ts'
import { Lines } from './lines.ts'
import { readLog } from './log.ts'
import { within } from './patience.ts'
import { Peace } from './peace.ts'
import { linksLeftOut, onNetwork, onThisMachine } from './place.ts'
import { Reader } from './reader.ts'
import { type Round, linkOf } from './subject.ts'
import { Trace } from './trace.ts'
import { Writer } from './writer.ts'

/** Once the faults have ceased, everything has caught up after this long. */
const CATCH_UP_MS = 120_000
const START_MS = 60_000

interface Plan {
  seed: number
  seconds: number
  readers: number
  /** Whether the log is a private one. */
  private: boolean
  /** How many blocks writer and readers keep; Infinity for all. */
  keep: number
  /** The kinds of faults that may happen. */
  faults: ReadonlySet<string>
}

/**
 * A writer is given numbered lines while it, its readers, their links and the DHT go through faults,
 * which `seed` determines. Then the faults cease, every reader catches up, and what was acknowledged,
 * what is in the log and what was printed are compared.
 */
export async function torture(t: Test, plan: Plan): Promise<void> {
  const trace = new Trace()
  const faults = new Set(plan.faults)
  const { seed, seconds, readers, keep } = plan
  t.comment(
    `--seed ${seed} --seconds ${seconds} --readers ${readers} --faults ${[...faults].join()}` +
      (plan.private ? ' --private' : '') +
      (keep === Infinity ? '' : ` --keep ${keep}`)
  )
  for (const [kind, why] of leftOut(faults)) {
    t.comment(`${kind} is left out: ${why}`)
    faults.delete(kind)
  }
  const round = run(t, { ...plan, faults }, trace)
  const summary = await Promise.race([round, trace.failed]).catch((err) => {
    if (trace.broken) return []
    trace.violation(err instanceof Error ? (err.stack ?? err.message) : String(err))
    return []
  })
  for (const line of summary) t.comment(line)
  if (trace.violations.length > 0) console.log(String(trace))
  t.alike(trace.violations, [], 'no promise was broken')
}

// what can't happen on this machine, and why
function leftOut(faults: ReadonlySet<string>): [string, string][] {
  const all: [string, string | null][] = [
    ['slow', linksLeftOut()],
    ['restore', os.platform() === 'linux' ? null : 'only Linux tells when a process stands still']
  ]
  return all.flatMap(([kind, why]) => (why !== null && faults.has(kind) ? [[kind, why]] : []))
}

async function run(t: Test, plan: Plan, trace: Trace): Promise<string[]> {
  const random = new Random(plan.seed)
  const lines = new Lines(fork(random).seed)
  const count = plan.readers + 1
  const { places, center } = plan.faults.has('slow')
    ? await onNetwork(t, count)
    : onThisMachine(count)
  const dht = new Dht(t, center)
  await dht.start()
  const peace = new Peace()
  const round: Round = { t, folder: await t.tmp(), bootstrap: dht.bootstrap, peace, trace }

  const [home = center, ...others] = places
  const { keep } = plan
  const writer = new Writer(round, home, { keep, private: plan.private }, lines, fork(random))
  writer.start()
  const key = await within(writer.key(), START_MS, () => 'the writer has no key')
  const readers = others.map((place, i) => {
    return new Reader(round, `reader ${i + 1}`, place, { key, keep, lines, writer })
  })
  writer.readers.push(...readers)
  for (const reader of readers) reader.start()

  const until = Date.now() + plan.seconds * 1000
  const faultsOf = (victim: Victim) => {
    return planFaults(fork(random), victim, plan.faults, plan.seconds * 1000)
  }
  const subjects = [writer, ...readers]
  const tallies = await Promise.all([
    ...subjects.map((subject) => {
      const faults = faultsOf(subject === writer ? 'writer' : 'reader')
      return afflict(subject.name, faults, until, toProcess(subject, trace), round)
    }),
    ...subjects.map((subject) => {
      return afflict(linkOf(subject), faultsOf('link'), until, toLink(subject, trace), round)
    }),
    afflict(dht.name, faultsOf('dht'), until, toDht(dht), round)
  ])

  trace.note('everything', 'the faults have ceased')
  const calmAt = Date.now()
  const behind = (): string => {
    return readers.map(({ name, next }) => `${name} has printed ${next} blocks`).join(', ')
  }
  const length = await within(writer.finish(), CATCH_UP_MS, () => 'the writer is not done')
  const caughtUp = Promise.all(readers.map((reader) => reader.reach(length, writer.last)))
  await within(caughtUp, CATCH_UP_MS, () => `of ${length} blocks ${behind()}`)
  const caughtUpMs = Date.now() - calmAt
  trace.note('everything', `has caught up at ${length} blocks`)

  await Promise.all(subjects.map((subject) => subject.stop()))
  const log = await readLog(writer.storage, lines)
  const runs = { writer: writer.runs, readers: readers.map(({ runs }) => runs) }
  const history = { ...runs, log, keep }
  for (const violation of check(history)) trace.violation(violation)
  return [
    ...subjects.map((subject) => `${subject.name}: ${subject.summary(log)}`),
    `faults: ${told(tallies)}`,
    `caught up ${caughtUpMs} ms after the last fault`
  ]
}

/** A source of numbers of its own: what others take from theirs does not change it. */
function fork(random: Random): Random {
  return new Random(random.below(2 ** 32))
}

function told(tallies: Tally[]): string {
  const sum: Tally = new Map()
  for (const tally of tallies) {
    for (const [kind, count] of tally) sum.set(kind, (sum.get(kind) ?? 0) + count)
  }
  return [...sum].map(([kind, count]) => `${kind} ${count}`).join(', ')
}
