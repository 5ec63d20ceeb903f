// Simulates a crowd of readers with the policies of the apps: `npm run simulate -- --readers 10000 --seed 1`.
// Prints what came of it, and exits with 1 where a reader was left without a path or a line.
import process from 'bare-process'
import { bail, command, flag, summary } from 'paparam'
import { Failure, USAGE } from '../shared/errors.ts'
import { CROWD, simulate, verdictOn } from './simulate/run.ts'

const definition = command(
  'simulate',
  summary('Simulates a crowd of readers with the policies of the apps'),
  flag('--readers <n>', 'how many (default 10000)'),
  flag('--seed <n>', 'what determines chance (default 1)'),
  flag(
    '--churn <percent>',
    'readers that leave in a minute, half of them without a word (default 10)'
  ),
  flag('--liars <percent>', 'readers that claim to be the writer (default 0)'),
  flag('--killed <percent>', 'readers that are killed at once, the first that came (default 0)'),
  flag('--json', 'the outcome as JSON'),
  bail(({ reason, flag: one, arg }) => {
    throw new Failure(`${reason} ${one?.name ?? arg?.value ?? ''}: see --help`, USAGE)
  })
)

try {
  if (definition.parse(Bare.argv.slice(2)) !== null) {
    const outcome = simulate({
      ...CROWD,
      readers: numberOf('readers', CROWD.readers),
      seed: numberOf('seed', CROWD.seed),
      churn: numberOf('churn', CROWD.churn * 100) / 100,
      liars: numberOf('liars', CROWD.liars * 100) / 100,
      killed: numberOf('killed', CROWD.killed * 100) / 100
    })
    const { text, faults } = verdictOn(outcome)
    process.stdout.write(definition.flags['json'] ? `${JSON.stringify(outcome)}\n` : text)
    if (faults.length > 0) Bare.exitCode = 1
  }
} catch (err) {
  if (!(err instanceof Failure)) throw err
  process.stderr.write(`simulate: ${err.message}\n`)
  Bare.exitCode = err.code
}

function numberOf(name: string, usual: number): number {
  const text = definition.flags[name]
  if (text === undefined) return usual
  if (typeof text === 'string' && /^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new Failure(`--${name} takes a number, not '${String(text)}'`, USAGE)
}
