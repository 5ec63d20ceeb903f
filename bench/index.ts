import process from 'bare-process'
import { startProgress } from './harness/progress.ts'
import { catchUp } from './figures/catch-up.ts'
import { ingest } from './figures/ingest.ts'
import { closeScopes } from './harness/scope.ts'

const figures = [ingest, catchUp]
const only = Bare.argv.slice(2)
process.on('SIGINT', () => void closeScopes().then(() => Bare.exit(130)))
for (const f of figures) {
  if (only.length && !only.includes(f.name)) continue
  startProgress(f.name)
  console.log(JSON.stringify(await f.measure({ rounds: 3, scale: (n) => n }), null, 1))
}
