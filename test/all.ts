// Runs every `*.test.ts` below test/, or those in the folders and files that its arguments name, short
// ones of a folder in one process, every other one in its own, and several processes at once. Ends with
// one line: `N passed, N failed, N skipped`.
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import process from 'bare-process'
import { type Batch, LONGEST, orderOf } from './helpers/order.ts'
import { endRunning, runBatch } from './helpers/runner.ts'

/** A test waits most of the time: for a start, a connection, another process. */
const AT_ONCE = 3 * os.availableParallelism() + 1
const SLOWEST = 10

const root = path.join(import.meta.dirname, '..')
const places = Bare.argv.length > 2 ? Bare.argv.slice(2) : [import.meta.dirname]
const files = new Set(places.flatMap((place) => testFiles(path.resolve(place))))
const batches = orderOf([...files], root)
const total = { passed: 0, failed: 0, skipped: 0 }
const times: { files: Batch; seconds: number }[] = []
let interrupted = false

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true
    void endRunning().finally(() => Bare.exit(1))
  })
}

await Promise.all(Array.from({ length: AT_ONCE }, () => work(batches)))

times.sort((a, b) => b.seconds - a.seconds)
console.log('\nThe slowest files:')
for (const { files, seconds } of times.slice(0, SLOWEST)) {
  console.log(`${seconds.toFixed(1).padStart(6)} s ${nameOf(files)}`)
}
const unnamed = longUnnamed()
if (unnamed.length > 0) console.log(`Name in test/helpers/order.ts: ${unnamed.join(', ')}`)
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
Bare.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

/** Runs the batches of `queue` one after the other, until there is none left to take. */
async function work(queue: Batch[]): Promise<void> {
  for (let files = queue.shift(); files !== undefined && !interrupted; files = queue.shift()) {
    const { passed, failed, skipped, seconds, output } = await runBatch(files, root)
    if (interrupted) return
    const file = nameOf(files)
    total.passed += passed
    total.failed += failed
    total.skipped += skipped
    times.push({ files, seconds })
    if (failed > 0) console.log(output)
    const verdict = failed > 0 ? 'FAIL' : 'ok  '
    const counts = `${passed} passed` + more(failed, 'failed') + more(skipped, 'skipped')
    console.log(`${verdict} ${file}: ${counts} (${seconds.toFixed(1)} s)`)
  }
}

function nameOf(files: Batch): string {
  const [first = ''] = files
  return files.length === 1 ? first : `${path.dirname(first)}, ${files.length} files`
}

function more(count: number, what: string): string {
  return count > 0 ? `, ${count} ${what}` : ''
}

/** Files that took longer than half of those that are named as long, each or on average, and are not named. */
function longUnnamed(): string[] {
  const isNamed = ({ files }: { files: Batch }): boolean => LONGEST.includes(files[0] ?? '')
  const named = times.filter(isNamed)
  const median = named[named.length >> 1]?.seconds ?? Infinity
  const others = times.filter((time) => !isNamed(time))
  return others
    .filter(({ files, seconds }) => seconds > median * files.length)
    .map(({ files }) => nameOf(files))
}

/** The test files that `place` is or holds, from the root, with slashes on every platform. */
function testFiles(place: string): string[] {
  if (!fs.statSync(place).isDirectory()) return [path.relative(root, place).replaceAll('\\', '/')]
  return fs.readdirSync(place).flatMap((name) => {
    const file = path.join(place, name)
    return fs.statSync(file).isDirectory() || name.endsWith('.test.ts') ? testFiles(file) : []
  })
}
