import b4a from 'b4a'
import { arg, flag } from 'paparam'
import {
  commonFlags,
  countFlag,
  defineCommand,
  delimiterFlag,
  keepFlag,
  parseArgs,
  secondsFlag,
  usage
} from '../shared/app/flags.ts'
import type { Format } from '../shared/app/format.ts'
import { keyFlag, parseAccess, withoutLabel } from '../shared/app/keys.ts'
import { onTerminal } from '../shared/app/stdout.ts'
import { keepsNothing } from '../shared/storage/keep.ts'
import type { Access } from '../shared/storage/read-key.ts'
import { DEFAULT_POSITION, POSITION_NAME } from '../shared/storage/position.ts'
import pkg from './package.json' with { type: 'json' }

export const NAME = pkg.name

export const definition = defineCommand(
  NAME,
  pkg.description,
  arg('[key]', 'hex, z-base-32 or pear://; of a private log the read key'),
  flag('--start <n>', 'first block to print (default: the next new block)'),
  flag('--tail <n>', 'print the last n blocks first'),
  flag(
    '--resume[=name]',
    'go on after the last block printed (under that name); the first time, where --start or --tail say'
  ),
  flag('--no-follow', 'exit at the current end'),
  flag('--count|-n <n>', 'exit after n blocks'),
  flag('--raw', 'block bytes and delimiter only'),
  flag('--delimiter|-d <delim>', 'delimiter for --raw'),
  flag('--seed', 'hold and serve every block, print none'),
  flag(
    '--keep <what>',
    'keep of what was printed the newest alone: so many blocks, or 500MB, 10GB, 12h, 7d'
  ),
  flag('--storage|-s <dir>', 'where the copy is kept'),
  flag(
    '--timeout <seconds>',
    'give up if no peer is found, or with --no-follow if nothing comes: exit 3'
  ),
  flag('--forget <key>', 'delete the copy of this log, and exit')
)

/** What `argv` asks the reader for, or a text to print in its place. */
export function parseReader(argv: string[]) {
  const { name: resume, rest } = takeResume(argv)
  const text = parseArgs(definition, pkg.version, withoutLabel(rest))
  const { flags } = definition
  const start = countFlag(definition, 'start')
  const tail = countFlag(definition, 'tail')
  const raw = flags['raw'] === true
  const common = commonFlags(definition)
  const delimiter = delimiterFlag(definition)
  const forget = keyFlag(definition, 'forget')
  const access = text !== null || common.list || forget !== undefined ? NONE : keyArgument()
  if (start !== undefined && tail !== undefined) {
    throw usage(definition, '--start and --tail are two answers to one question: give one')
  }
  if (raw && common.json) throw usage(definition, '--raw and --json are two formats: give one')
  const keep = keepFlag(definition)
  if (keep !== null && flags['seed'] === true && keepsNothing(keep)) {
    throw usage(definition, '--keep 0 would leave nothing to seed')
  }
  if (delimiter && !raw) throw usage(definition, '--delimiter goes with --raw')
  return {
    text,
    start,
    tail: tail ?? 0,
    format: formatOf(raw, common.json, delimiter),
    access,
    forget,
    // a position moves only with what is printed
    resume: flags['resume'] === true && flags['seed'] !== true ? resume : null,
    follow: flags['follow'] !== false,
    count: countFlag(definition, 'count') ?? Infinity,
    seed: flags['seed'] === true,
    keep,
    timeout: secondsFlag(definition, 'timeout'),
    ...common
  }
}

// The parser knows values that are needed, and none that may be left out: it is told of a plain flag.
function takeResume(argv: string[]): { name: string; rest: string[] } {
  let name = DEFAULT_POSITION
  const rest = argv.map((arg) => {
    if (!arg.startsWith(RESUME)) return arg
    name = arg.slice(RESUME.length)
    if (POSITION_NAME.test(name)) return '--resume'
    throw usage(
      definition,
      `--resume=… takes a name of up to 64 letters, digits, dots, dashes and underscores, not '${name}'`
    )
  })
  return { name, rest }
}

function keyArgument(): Access {
  const { key } = definition.args
  if (key === undefined) throw usage(definition, '<key> is missing')
  return parseAccess(definition, key)
}

function formatOf(raw: boolean, json: boolean, delimiter = b4a.from('\n')): Format {
  if (raw) return { as: 'raw', delimiter }
  if (json) return { as: 'json', cmd: 'reader' }
  return { as: 'text', terminal: onTerminal() }
}

const RESUME = '--resume='
const NONE: Access = { key: new Uint8Array(0), encryption: null }
