import { flag } from 'paparam'
import { keyFlag } from '../shared/app/keys.ts'
import {
  commonFlags,
  defineCommand,
  delimiterFlag,
  keepFlag,
  parseArgs,
  secondsFlag,
  usage
} from '../shared/app/flags.ts'
import { keepsNothing } from '../shared/storage/keep.ts'
import pkg from './package.json' with { type: 'json' }

export const NAME = pkg.name

export const definition = defineCommand(
  NAME,
  pkg.description,
  flag('--storage|-s <dir>', 'where the log is kept'),
  flag('--delimiter|-d <delim>', 'block delimiter (default \\n; \\0 for NUL)'),
  flag('--exit-on-eof|-e', 'after stdin ends, exit once a peer holds every block of this run'),
  flag('--timeout <seconds>', 'with -e, give up waiting: exit 3'),
  flag('--private', 'begin a log that only its read key reads; needed the first time only'),
  flag('--keep <what>', 'keep the newest alone: so many blocks, or 500MB, 10GB, 12h, 7d'),
  flag('--key', 'print the key of the log, and exit'),
  flag('--forget <key>', 'delete the log with this key and its secret key, and exit'),
  flag('--accept-loss', 'go on from a log that came back shorter, and rewind its readers')
)

/** What `argv` asks the writer for, or a text to print in its place. */
export function parseWriter(argv: string[]) {
  const text = parseArgs(definition, pkg.version, argv)
  const exitOnEof = definition.flags['exitOnEof'] === true
  const timeout = secondsFlag(definition, 'timeout')
  if (timeout !== undefined && !exitOnEof) {
    throw usage(definition, '--timeout goes with --exit-on-eof')
  }
  const keep = keepFlag(definition)
  if (keep !== null && keepsNothing(keep)) {
    throw usage(definition, '--keep 0 would leave nothing to serve')
  }
  return {
    text,
    exitOnEof,
    timeout,
    key: definition.flags['key'] === true,
    forget: keyFlag(definition, 'forget'),
    private: definition.flags['private'] === true,
    keep,
    acceptLoss: definition.flags['acceptLoss'] === true,
    delimiter: delimiterFlag(definition),
    ...commonFlags(definition)
  }
}
