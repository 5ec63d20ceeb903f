import b4a from 'b4a'
import { arg, flag } from 'paparam'
import id from 'hypercore-id-encoding'
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
import { onTerminal } from '../shared/app/stdout.ts'
import { type Access, parseReadKey } from '../shared/storage/read-key.ts'
import pkg from './package.json' with { type: 'json' }

export const NAME = pkg.name

export const definition = defineCommand(
  NAME,
  pkg.description,
  arg('<key>', 'hex, z-base-32 or pear://; of a private log the read key'),
  flag('--start <n>', 'first block to print (default: the next new block)'),
  flag('--tail <n>', 'print the last n blocks first'),
  flag(
    '--resume',
    'go on after the last block printed; the first time, where --start or --tail say'
  ),
  flag('--no-follow', 'exit at the current end'),
  flag('--count|-n <n>', 'exit after n blocks'),
  flag('--raw', 'block bytes and delimiter only'),
  flag('--delimiter|-d <delim>', 'delimiter for --raw'),
  flag('--seed', 'hold and serve every block, print none'),
  flag(
    '--keep <what>',
    'let go of what was printed but for the last blocks: so many, or 500MB, 10GB, 12h, 7d'
  ),
  flag('--storage|-s <dir>', 'where the copy is kept'),
  flag('--timeout <seconds>', 'give up if no peer is found: exit 3')
)

/** What `argv` asks the reader for, or a text to print in its place. */
export function parseReader(argv: string[]) {
  const text = parseArgs(definition, pkg.version, argv)
  const { flags } = definition
  const start = countFlag(definition, 'start')
  const tail = countFlag(definition, 'tail')
  const raw = flags['raw'] === true
  const common = commonFlags(definition)
  const delimiter = delimiterFlag(definition)
  if (start !== undefined && tail !== undefined) {
    throw usage(definition, '--start and --tail are two answers to one question: give one')
  }
  if (raw && common.json) throw usage(definition, '--raw and --json are two formats: give one')
  const keep = keepFlag(definition)
  if (keep !== null && flags['seed'] === true && Object.values(keep).every((all) => all === 0)) {
    throw usage(definition, '--keep 0 would leave nothing to seed')
  }
  if (delimiter && !raw) throw usage(definition, '--delimiter goes with --raw')
  return {
    text,
    start,
    tail: tail ?? 0,
    format: formatOf(raw, common.json, delimiter),
    access: text === null ? parseAccess(definition.args['key'] ?? '') : NONE,
    // a position moves only with what is printed
    resume: flags['resume'] === true && flags['seed'] !== true,
    follow: flags['follow'] !== false,
    count: countFlag(definition, 'count') ?? Infinity,
    seed: flags['seed'] === true,
    keep,
    timeout: secondsFlag(definition, 'timeout'),
    ...common
  }
}

function formatOf(raw: boolean, json: boolean, delimiter = b4a.from('\n')): Format {
  if (raw) return { as: 'raw', delimiter }
  if (json) return { as: 'json', cmd: 'reader' }
  return { as: 'text', terminal: onTerminal() }
}

const NONE: Access = { key: new Uint8Array(0), encryption: null }

function parseAccess(argument: string): Access {
  const text = argument.trim()
  try {
    return parseReadKey(text) ?? { key: id.decode(text), encryption: null }
  } catch {
    throw usage(
      definition,
      `'${text}' is not a key: a key is the 64 hex digits that the writer prints, or the same in z-base-32 or as a pear:// link, or its read key of 103 digits`
    )
  }
}
