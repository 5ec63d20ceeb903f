// Readers behind slow links: `npm run bench:slow-link`, in the project's folder. A table on stdout,
// a row for each rate, payload and number of sources, as it is measured.
import process from 'bare-process'
import { type Bail, bail, command, flag, summary } from 'paparam'
import { Failure, USAGE } from '../shared/errors.ts'
import { LeftOut } from './harness/figure.ts'
import { type Payload, payloadBytes, wireMs } from './harness/payload.ts'
import { Interruption, interrupt } from './harness/program.ts'
import { scoped } from './harness/scope.ts'
import { type Outcome, isKept, openSlowLink } from './harness/slow-link.ts'
import { formatNumber } from './report/numbers.ts'

/** Plain Hypercore is measured with so many sources, for comparison. */
const PLAIN_SOURCES = [1, 3]

interface Row {
  kind: string
  name: string
  /** Mbit/s. */
  rate: number
  payload: Payload
}

/** Sizes that take 10 to 40 s on the wire, or less where a line is to be of that length. */
const ROWS: Row[] = [
  lines(0.5, 10_000),
  lines(1, 30_000),
  lines(4, 50_000),
  lines(20, 250_000),
  blocks(0.5, 16),
  blocks(1, 32),
  blocks(4, 128),
  blocks(20, 400),
  // 4 MB would take more than a minute, and 15 MiB four
  line(0.5, '2 MB', 2_000_000),
  line(1, '4 MB', 4_000_000),
  line(4, '4 MB', 4_000_000),
  line(20, '4 MB', 4_000_000),
  line(4, '15 MiB', 15 * 1024 * 1024),
  line(20, '15 MiB', 15 * 1024 * 1024)
]

const definition = command(
  'bench:slow-link',
  summary('Measures how long a new reader behind a slow link takes, and what the link carries'),
  flag('--rate <rates>', 'some of 0.5, 1, 4 and 20 Mbit/s, comma-separated'),
  flag('--payload <kinds>', 'some of lines, blocks and line'),
  flag('--sources <counts>', 'some of 1, 2, 3 and 4'),
  flag('--no-plain', 'leaves plain Hypercore out'),
  bail(refuse)
)

process.on('SIGINT', () => interrupt(130))
process.on('SIGTERM', () => interrupt(143))

try {
  if (definition.parse(Bare.argv.slice(2)) !== null) await measure()
} catch (err) {
  if (err instanceof LeftOut) process.stderr.write(`left out: ${err.message}\n`)
  else if (err instanceof Failure || err instanceof Interruption) {
    process.stderr.write(`bench:slow-link: ${err.message}\n`)
    Bare.exitCode = err.code
  } else throw err
}

async function measure(): Promise<void> {
  const rates = chosen('rate', ['0.5', '1', '4', '20'])
  const kinds = chosen('payload', ['lines', 'blocks', 'line'])
  const counts = chosen('sources', ['1', '2', '3', '4']).map(Number)
  show('Mbit/s', 'payload', 'sources', 'wire', 'reader-app', 'over the link', 'target', 'plain')
  show(...Array<string>(8).fill('---'))
  for (const row of ROWS) {
    if (rates.includes(String(row.rate)) && kinds.includes(row.kind)) await measureRow(row, counts)
  }
}

// a link of its own for each payload: nothing is left on it of what was given up
function measureRow({ rate, name, payload }: Row, counts: number[]): Promise<void> {
  return scoped(async (scope) => {
    const link = await openSlowLink(scope, rate, payload)
    for (const sources of counts) {
      await link.grow(sources)
      const pair = await link.pair()
      const compare = definition.flags['plain'] !== false && PLAIN_SOURCES.includes(sources)
      const plain = compare ? await link.plain() : null
      show(
        String(rate),
        name,
        String(sources),
        `${formatNumber(wireMs(rate, payload) / 1000)} s`,
        timeOf(pair, wireMs(rate, payload)),
        bytesOf(pair, payload),
        isKept(pair, rate, payload) ? 'met' : 'MISSED',
        plain ? `${timeOf(plain, wireMs(rate, payload))}, ${bytesOf(plain, payload)}` : ''
      )
    }
  })
}

function timeOf({ ms, complete }: Outcome, wire: number): string {
  const seconds = `${formatNumber(ms / 1000)} s`
  return complete ? `${seconds}: ${formatNumber(ms / wire)} ×` : `not there after ${seconds}`
}

function bytesOf({ bytes }: Outcome, payload: Payload): string {
  const times = formatNumber(bytes / payloadBytes(payload))
  return `${formatNumber(bytes / 1e6)} MB: ${times} ×`
}

function show(...cells: string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

function lines(rate: number, count: number): Row {
  const name = `${formatNumber(count)} lines of 100 bytes`
  return { kind: 'lines', name, rate, payload: { count, size: 100 } }
}

function blocks(rate: number, count: number): Row {
  return {
    kind: 'blocks',
    name: `${count} lines of 64 KiB`,
    rate,
    payload: { count, size: 65_536 }
  }
}

function line(rate: number, name: string, size: number): Row {
  return { kind: 'line', name: `one line of ${name}`, rate, payload: { count: 1, size } }
}

/** What the flag `name` chooses of `all`; all without it. Throws a Failure where it names another. */
function chosen(name: string, all: string[]): string[] {
  const value = definition.flags[name]
  const names = typeof value === 'string' ? value.split(',') : all
  const unknown = names.find((one) => !all.includes(one))
  if (unknown === undefined) return names
  throw new Failure(`--${name} takes some of ${all.join(', ')}, not '${unknown}'`, USAGE)
}

function refuse({ reason, flag, arg }: Bail): void {
  throw new Failure(`${reason} ${flag?.name ?? arg?.value ?? ''}: see --help`, USAGE)
}
