// Runs every `*.test.ts` below test/, or those whose paths begin with an argument, each in a process
// of its own, and ends with one line: `N passed, N failed, N skipped`.
import fs from 'bare-fs'
import path from 'bare-path'
import process from 'bare-process'
import { endRunning, runFile } from './helpers/runner.ts'

const root = path.join(import.meta.dirname, '..')
const wanted = Bare.argv.slice(2).map((name) => path.resolve(name))
const total = { passed: 0, failed: 0, skipped: 0 }

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    endRunning()
    Bare.exit(1)
  })
}

for (const file of testFiles(import.meta.dirname)) {
  const { passed, failed, skipped, seconds, output } = await runFile(file, root)
  total.passed += passed
  total.failed += failed
  total.skipped += skipped
  if (failed > 0) console.log(output)
  const verdict = failed > 0 ? 'FAIL' : 'ok  '
  const counts = `${passed} passed` + more(failed, 'failed') + more(skipped, 'skipped')
  console.log(`${verdict} ${path.relative(root, file)}: ${counts} (${seconds.toFixed(1)} s)`)
}

console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
Bare.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

function more(count: number, what: string): string {
  return count > 0 ? `, ${count} ${what}` : ''
}

function testFiles(folder: string): string[] {
  const files: string[] = []
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name)
    if (fs.statSync(file).isDirectory()) files.push(...testFiles(file))
    else if (name.endsWith('.test.ts') && isWanted(file)) files.push(file)
  }
  // from the last folder of the alphabet on: where a unit test fails, hardly another can pass
  return files.sort().reverse()
}

function isWanted(file: string): boolean {
  return wanted.length === 0 || wanted.some((prefix) => file.startsWith(prefix))
}
