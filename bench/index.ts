// The benchmark: `npm run bench`, in the project's folder. Results on stdout, progress on stderr.
import fs from 'bare-fs'
import process from 'bare-process'
import { Failure } from '../shared/errors.ts'
import { type Options, parseBench } from './command.ts'
import { type Builds, buildCommit, buildIn } from './harness/builds.ts'
import { type Effort, LeftOut } from './harness/figure.ts'
import { Interruption, interrupt } from './harness/program.ts'
import { showProgress, startProgress } from './harness/progress.ts'
import { scoped } from './harness/scope.ts'
import { toCurves } from './report/curves.ts'
import { type Report, describeMachine, toJson } from './report/report.ts'
import { toSvg } from './report/svg.ts'
import { toTable } from './report/table.ts'

const PICTURE = 'docs/bench.svg'
const CURVES = 'docs/retention.svg'
const ROUNDS = 5
const QUICK_ROUNDS = 2
/** What sizes are divided by with --quick. */
const QUICK_SIZES = 10

process.on('SIGINT', () => interrupt(130))
process.on('SIGTERM', () => interrupt(143))

try {
  const options = parseBench(Bare.argv.slice(2))
  if (options) show(await measure(options), options)
} catch (err) {
  if (!(err instanceof Failure || err instanceof Interruption)) throw err
  process.stderr.write(`bench: ${err.message}\n`)
  Bare.exitCode = err.code
}

function measure(options: Options): Promise<Report> {
  return scoped(async (scope) => {
    startProgress('builds')
    const { against } = options
    const before = against === null ? null : await buildCommit(scope, against)
    return measureAll(options, { pair: buildIn('.'), before })
  })
}

async function measureAll(options: Options, builds: Builds): Promise<Report> {
  const { figures, lines, against, quick } = options
  const rounds = options.rounds ?? (quick ? QUICK_ROUNDS : ROUNDS)
  const machine = describeMachine()
  const report: Report = { machine, rounds, against, quick, results: [], leftOut: [] }
  const effort: Effort = {
    rounds,
    builds,
    lines,
    scale: (count) => (quick ? Math.ceil(count / QUICK_SIZES) : count),
    leaveOut(reason) {
      report.leftOut.push(reason)
      showProgress(`left out: ${reason}`)
    }
  }
  for (const figure of figures) {
    startProgress(figure.name)
    try {
      report.results.push(...(await figure.measure(effort)))
    } catch (err) {
      if (!(err instanceof LeftOut)) throw err
      effort.leaveOut(`${figure.name}: ${err.message}`)
    }
  }
  return report
}

function show(report: Report, { json, svg }: Options): void {
  process.stdout.write(json ? toJson(report) : toTable(report))
  if (!svg) return
  fs.mkdirSync('docs', { recursive: true })
  fs.writeFileSync(PICTURE, toSvg(report))
  for (const { curves } of report.results) {
    if (curves) fs.writeFileSync(CURVES, toCurves(curves, 'MB of disk over lines', 'lines'))
  }
}
