import { type Bail, type Command, bail, command, flag, summary } from 'paparam'
import { Failure, USAGE } from '../errors.ts'
import type { Keep } from '../storage/keep.ts'
import type { DhtNode } from '../swarm.ts'
import { parseDelimiter } from './lines.ts'

/** The flags that both apps have, in the words of --help. */
const COMMON = [
  flag(
    '--bootstrap <nodes>',
    'DHT nodes, host:port, comma-separated (a bare port is loopback); none: no DHT at all'
  ),
  flag('--no-lan', 'neither announce nor look for peers on the local network'),
  flag('--list', 'show the logs on this machine, and exit'),
  flag('--json', 'newline-delimited JSON on stdout and stderr'),
  flag('--quiet|-q', 'no status on stderr'),
  flag('--verbose', 'every status line on stderr'),
  flag('--version|-v', 'Show version')
]

/** A timer holds 31 bits of milliseconds. */
const MAX_SECONDS = 2_000_000

/** Defines the command `name`: what it is about, its own flags and arguments, and the common ones. */
export function defineCommand(name: string, about: string, ...own: unknown[]): Command {
  const definition = command(name, summary(about), ...own, ...COMMON, bail(refuse))
  return definition

  function refuse({ reason, flag, arg }: Bail): void {
    throw usage(definition, explain(reason, flag, arg))
  }
}

function explain(reason: string, flag: Bail['flag'], arg: Bail['arg']): string {
  const dashed = flag ? `${flag.long ? '--' : '-'}${flag.inverse ? 'no-' : ''}${flag.name}` : ''
  switch (reason) {
    case 'UNKNOWN_FLAG':
      return `there is no flag ${dashed}`
    case 'INVALID_FLAG':
      if (flag?.value) return `${dashed} takes no value`
      return `${dashed} needs a value${flag?.long ? ` (one that begins with '-': ${dashed}=…)` : ''}`
    case 'UNKNOWN_ARG':
      return `there is no place for '${arg?.value ?? ''}'`
    case 'MISSING_ARG':
      return `${arg?.value ?? 'an argument'} is missing`
    default:
      return reason
  }
}

/** A usage error: exit code 2, and the way to --help. */
export function usage({ name }: Command, message: string): Failure {
  return new Failure(`${message} (see ${name} --help)`, USAGE)
}

/**
 * Parses `argv`. Returns the text to print where --help or --version asked for it, whatever else is
 * said or missing; null otherwise, and the flags are on `definition` then. Throws a Failure with exit
 * code 2 on anything undefined.
 */
export function parseArgs(definition: Command, version: string, argv: string[]): string | null {
  const text = textFor(definition, version, argv)
  if (text !== null) {
    // as if nothing else had been said
    definition.parse([], { silent: true, run: false, bails: false })
    return text
  }
  if (argv.includes('')) throw usage(definition, 'an argument is empty: is a variable not set?')
  definition.parse(spellOut(definition, argv), { silent: true, run: false })
  return null
}

// `-n5` is `--count=5`, which the parser would read as three switches
function spellOut(definition: Command, argv: string[]): string[] {
  const long = new Map<string, string>()
  for (const flag of Object.keys(definition.helpJSON().flags)) {
    const [, name = '', short = ''] = /^(--[\w-]+)\|(-\w) </.exec(flag) ?? []
    if (short !== '') long.set(short, name)
  }
  return argv.map((arg) => {
    const name = long.get(arg.slice(0, 2))
    return name !== undefined && /^-\w[^=]/.test(arg) ? `${name}=${arg.slice(2)}` : arg
  })
}

function textFor(definition: Command, version: string, argv: string[]): string | null {
  // short switches may come in one
  const asks = (long: string, short: string): boolean =>
    argv.some((arg) => arg === long || (/^-[ehqv]+$/.test(arg) && arg.includes(short)))
  if (asks('--help', 'h')) return definition.help()
  if (asks('--version', 'v')) {
    return `${definition.name} ${version}\n`
  }
  return null
}

/** The value of the flag `name`, where it was given. */
export function textFlag({ flags }: Command, name: string): string | undefined {
  const value = flags[name]
  return typeof value === 'string' ? value : undefined
}

/** The value of the flag `name` as a count: a whole number from 0. Throws a usage error. */
export function countFlag(definition: Command, name: string): number | undefined {
  const value = textFlag(definition, name)
  if (value === undefined) return undefined
  if (/^\d{1,15}$/.test(value)) return Number(value)
  throw usage(definition, `--${name} takes a whole number from 0, not '${value}'`)
}

/** The value of the flag `name`, seconds, as milliseconds. Throws a usage error. */
export function secondsFlag(definition: Command, name: string): number | undefined {
  const value = textFlag(definition, name)
  if (value === undefined) return undefined
  if (/^\d+(\.\d+)?$/.test(value) && Number(value) <= MAX_SECONDS) return Number(value) * 1000
  throw usage(
    definition,
    `--${name} takes a number of seconds up to ${MAX_SECONDS}, not '${value}'`
  )
}

const SIZE_UNITS = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }
const AGE_UNITS = { m: 60e3, h: 3600e3, d: 86_400e3 }

/** What --keep asks to keep; null for everything. Throws a usage error. */
export function keepFlag(definition: Command): Keep | null {
  const value = textFlag(definition, 'keep')
  if (value === undefined) return null
  const [, digits = '', unit = ''] = /^(\d{1,12})([A-Za-z]*)$/.exec(value) ?? []
  if (digits !== '') {
    if (unit === '') return { blocks: Number(digits) }
    for (const [name, bytes] of Object.entries(SIZE_UNITS)) {
      if (unit === name) return { bytes: Number(digits) * bytes }
    }
    for (const [name, ms] of Object.entries(AGE_UNITS)) {
      if (unit === name) return { ms: Number(digits) * ms }
    }
  }
  throw usage(
    definition,
    `--keep takes a number of blocks, a size (500MB, 10GB) or an age (30m, 12h, 7d), not '${value}'`
  )
}

/** The bytes of --delimiter; undefined stands for the default, a line ending. */
export function delimiterFlag(definition: Command): Uint8Array | undefined {
  const value = textFlag(definition, 'delimiter')
  if (value === undefined) return undefined
  const delimiter = parseDelimiter(value)
  if (delimiter.byteLength > 0) return delimiter
  throw usage(
    definition,
    `--delimiter takes one byte or more, with \\0, \\n, \\r, \\t, \\\\ or \\x and two hex digits, not '${value}'`
  )
}

/** The values of the flags that both apps have. Throws a usage error. */
export function commonFlags(definition: Command) {
  const { flags } = definition
  return {
    storage: textFlag(definition, 'storage'),
    bootstrap: bootstrapFlag(definition),
    lan: flags['lan'] !== false,
    list: flags['list'] === true,
    json: flags['json'] === true,
    verbose: flags['verbose'] === true,
    quiet: flags['quiet'] === true
  }
}

// an empty list stands for no DHT at all
function bootstrapFlag(definition: Command): DhtNode[] | undefined {
  const value = textFlag(definition, 'bootstrap')
  if (value === 'none') return []
  return value?.split(',').map((node) => parseNode(definition, node.trim()))
}

function parseNode(definition: Command, node: string): DhtNode {
  const [, host = '127.0.0.1', digits = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(node) ?? []
  const port = Number(digits)
  if (port > 0 && port < 65536) return { host, port }
  throw usage(definition, `--bootstrap takes host:port, comma-separated, or none, not '${node}'`)
}
