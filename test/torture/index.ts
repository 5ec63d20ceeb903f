// Puts a writer and its readers through faults at random, for as long as it is told to, and then
// compares what was acknowledged, stored and read. A failure can be run again by its seed.
import { configure, test } from 'brittle'
import process from 'bare-process'
import { command, flag } from 'paparam'
import { closeTestnet } from '../helpers/app.ts'
import { chooseSeed } from '../helpers/random.ts'
import { FAULTS } from './faults.ts'
import { torture } from './torture.ts'

const kinds = Object.keys(FAULTS)
const given = command(
  'torture',
  flag('--seed <n>', 'what determines lines and faults (default: another each time)'),
  flag('--seconds <n>', 'how long the faults go on (default: 300)'),
  flag('--readers <n>', 'how many readers there are (default: 3)'),
  flag('--private', 'the log is a private one'),
  flag('--keep <n>', 'writer and readers let go of all but the last n blocks'),
  flag('--faults <kinds>', `which faults there are (default: ${kinds.join()})`)
).parse(Bare.argv.slice(2))
if (given === null) Bare.exit(2)
if (given.flags['keep'] === '0') refuse('--keep takes a number above 0, as a writer does')

const seconds = number('seconds', 300)
const plan = {
  seed: number('seed', chooseSeed()),
  seconds,
  readers: number('readers', 3),
  private: given.flags['private'] === true,
  keep: number('keep', Infinity)
}
// the calm after the storm takes its time, too
configure({ timeout: (seconds * 2 + 300) * 1000 })

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => Bare.exit(1))
}

test(`${seconds} seconds of faults break no promise`, (t) =>
  torture(t, { ...plan, faults: new Set(faults()) }))

closeTestnet()

function faults(): string[] {
  const text = given?.flags['faults']
  if (typeof text !== 'string') return kinds
  const chosen = text.split(',')
  const unknown = chosen.find((kind) => !kinds.includes(kind))
  return unknown === undefined ? chosen : refuse(`there is no fault ${unknown}: ${kinds.join()}`)
}

function number(name: string, otherwise: number): number {
  const text = given?.flags[name]
  if (text === undefined) return otherwise
  if (typeof text === 'string' && /^\d+$/.test(text)) return Number(text)
  return refuse(`--${name} takes a number`)
}

function refuse(why: string): never {
  console.log(why)
  return Bare.exit(2)
}
