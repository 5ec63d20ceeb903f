import type { Help } from 'paparam'
import { OUTPUT_EVENTS, STATUS_EVENTS } from '../../shared/app/events.ts'
import { DONE, ERROR, TIMED_OUT, USAGE } from '../../shared/errors.ts'

/** What a man page says beside the help of its app. */
export interface About {
  version: string
  /** What the storage folder of the app is named, and what is kept there. */
  files: [path: string, what: string][]
  /** A command and what it does. */
  examples: [command: string, what: string][]
  seeAlso: string
}

const EXIT_CODES: [string, string][] = [
  [`${DONE}`, 'done; also where whoever read standard output has gone'],
  [`${ERROR}`, 'an error'],
  [`${USAGE}`, 'a wrong flag or argument'],
  [`${TIMED_OUT}`, 'timed out, or no peer was found'],
  ['129, 130, 143', 'stopped by SIGHUP, SIGINT or SIGTERM; a second signal ends at once']
]

const SIGNALS: [string, string][] = [
  ['SIGUSR2', 'asks how far the app is, which it tells on standard error (not on Windows)'],
  ['SIGUSR1', 'the same; it opens the debugger of Bare on loopback, too']
]

/** The man page, in roff's man macros, of the app that `help` is about. */
export function manPage(help: Help, { version, files, examples, seeAlso }: About): string {
  const { name, summary, args, flags } = help
  const usage = Object.keys(args).map((arg) => ` \\fI${text(arg)}\\fR`)
  return [
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version}"`,
    '.SH NAME',
    `${text(name)} \\- ${text(summary)}`,
    '.SH SYNOPSIS',
    `\\fB${text(name)}\\fR [\\fIflags\\fR]${usage.join('')}`,
    ...section('ARGUMENTS', Object.entries(args)),
    ...section('OPTIONS', Object.entries(flags).map(spaced)),
    ...section('EXIT STATUS', EXIT_CODES),
    ...section('SIGNALS', SIGNALS),
    ...events(name),
    ...section('FILES', files),
    ...section('EXAMPLES', examples),
    '.SH SEE ALSO',
    `\\fB${text(seeAlso)}\\fR(1)`,
    ''
  ].join('\n')
}

// each event with its fields, one below the other
function events(app: string): string[] {
  const cmd = app.replace(/-app$/, '')
  const entries = (all: typeof OUTPUT_EVENTS | typeof STATUS_EVENTS): string[] =>
    Object.entries(all).flatMap(([tag, event]: [string, Event]) => {
      if (event.of !== undefined && event.of !== cmd) return []
      const fields = Object.entries(event.fields)
      return [
        '.TP',
        `\\fB${text(tag)}\\fR`,
        line(event.about),
        ...fields.flatMap(([field, what]) => [
          '.br',
          `\\fI${text(field.replace('|', ' or '))}\\fR: ${text(what)}`
        ])
      ]
    })
  return [
    '.SH EVENTS',
    text(
      `With --json each line is {"cmd":"${cmd}","tag":TAG,"data":{FIELDS}}. On standard output:`
    ),
    ...entries(OUTPUT_EVENTS),
    '.PP',
    'On standard error, each with a \\fImessage\\fR beside its fields:',
    ...entries(STATUS_EVENTS)
  ]
}

interface Event {
  of?: string
  about: string
  fields: Record<string, string>
}

function section(title: string, entries: [string, string][]): string[] {
  if (entries.length === 0) return []
  const tagged = entries.flatMap(([tag, what]) => ['.TP', `\\fB${text(tag)}\\fR`, line(what)])
  return [`.SH ${title}`, ...tagged]
}

// `--count|-n <n>` is what the parser reads; a person reads `--count, -n <n>`
function spaced([flag, what]: [string, string]): [string, string] {
  return [flag.replace('|', ', '), what]
}

// a backslash begins a command of roff, and a bare hyphen may be set as another character
function text(plain: string): string {
  return plain.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('~', '\\(ti')
}

// so does a dot or a quote at the beginning of a line
function line(plain: string): string {
  return /^[.']/.test(plain) ? `\\&${text(plain)}` : text(plain)
}
