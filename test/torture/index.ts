// Puts a writer and its readers through faults at random, for as long as it is told to, and then
// compares what was acknowledged, stored and read. A failure can be run again by its seed.
import { configure, test } from 'brittle'
import process from 'bare-process'
import { command, flag } from 'paparam'
import { closeTestnet } from '../helpers/app.ts'
import { chooseSeed } from '../helpers/random.ts'
import { torture } from './torture.ts'

const given = command(
  'torture',
  flag('--seed <n>', 'what determines lines and faults (default: another each time)'),
  flag('--seconds <n>', 'how long the faults go on (default: 300)'),
  flag('--readers <n>', 'how many readers there are (default: 3)')
).parse(Bare.argv.slice(2))
if (given === null) Bare.exit(2)

const seconds = number('seconds', 300)
// the calm after the storm takes its time, too
configure({ timeout: (seconds * 2 + 300) * 1000 })

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => Bare.exit(1))
}

test(`${seconds} seconds of faults break no promise`, (t) =>
  torture(t, { seed: number('seed', chooseSeed()), seconds, readers: number('readers', 3) }))

closeTestnet()

function number(name: string, otherwise: number): number {
  const text = given?.flags[name]
  if (text === undefined) return otherwise
  if (typeof text === 'string' && /^\d+$/.test(text)) return Number(text)
  console.log(`--${name} takes a number`)
  return Bare.exit(2)
}
