// Prints as a dependency does, in the middle of the data.
import '../../shared/app/prelude.ts'
import { printTo } from '../../shared/app/console.ts'
import { createStatus, statusWritten } from '../../shared/app/status.ts'
import { writeOutput } from '../../shared/app/stdout.ts'

interface Console {
  log(...values: unknown[]): void
  error(...values: unknown[]): void
  assert(holds: boolean, ...values: unknown[]): void
}
declare const console: Console

printTo(createStatus('pear', { quiet: Bare.argv.includes('--quiet') }))
console.log('a log of', 2, 'things')
await writeOutput('data\n')
console.error(new Error('an error'))
console.assert(1 > 2, 'it holds not')
await statusWritten()
