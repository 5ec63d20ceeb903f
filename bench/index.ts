// The benchmark: `npm run bench`, in the project's folder. Results on stdout, progress on stderr.
import fs from 'bare-fs'
import process from 'bare-process'
import { Failure } from '../shared/failure.ts'
import { parseBench } from './command.ts'
import { LeftOut } from './harness/figure.ts'
import { showProgress, startProgress } from './harness/progress.ts'
import { closeScopes } from './harness/scope.ts'
import { type Report, describeMachine, toJson } from './report/report.ts'
import { toSvg } from './report/svg.ts'
import { toTable } from './report/table.ts'

const PICTURE = 'docs/bench.svg'

Bare.on('uncaughtException', (err) => {
  if (!(err instanceof Failure)) throw err
  process.stderr.write(`bench: ${err.message}\n`)
  Bare.exit(err.code)
})
const options = parseBench(Bare.argv.slice(2))
if (options === null) Bare.exit(0)
const { figures, quick, json, svg } = options

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143]
] as const) {
  process.on(signal, () => void closeScopes().then(() => Bare.exit(code)))
}

const rounds = quick ? 2 : 5
const report: Report = { machine: describeMachine(), rounds, quick, results: [], leftOut: [] }
const effort = {
  rounds,
  scale: (count: number) => (quick ? Math.ceil(count / 10) : count),
  leaveOut: (reason: string) => {
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

process.stdout.write(json ? toJson(report) : toTable(report))
if (svg) {
  fs.mkdirSync('docs', { recursive: true })
  fs.writeFileSync(PICTURE, toSvg(report))
}
