import process from 'bare-process'
import { closeScopes } from './harness/scope.ts'
import { startProgress } from './harness/progress.ts'
import { isMet, ratioOf } from './harness/figure.ts'
import { median } from './harness/measure.ts'
import { catchUp } from './figures/catch-up.ts'
import { catchUpFar } from './figures/catch-up-far.ts'
import { ingest } from './figures/ingest.ts'
import { largeBlocks } from './figures/large-blocks.ts'
import { lineFar } from './figures/line-far.ts'
import { pipe } from './figures/pipe.ts'
import { plain } from './figures/plain.ts'

const figures = [ingest, catchUp, plain, largeBlocks, pipe, catchUpFar, lineFar]
const [rounds, quick, ...only] = Bare.argv.slice(2)
process.on('SIGINT', () => void closeScopes().then(() => Bare.exit(130)))
for (const f of figures) {
  if (only.length && !only.includes(f.name)) continue
  startProgress(f.name)
  for (const r of await f.measure({
    rounds: +rounds,
    scale: (n) => n / +quick,
    leaveOut: console.log
  })) {
    console.log(
      r.title,
      median(r.pair),
      Object.entries(r.baselines).map(([k, v]) => k + ' ' + median(v)),
      ratioOf(r),
      isMet(r),
      JSON.stringify(r.pair)
    )
  }
}
