import fs from 'bare-fs'
import path from 'bare-path'
import type { Test } from 'brittle'
import { OUTPUT_EVENTS, STATUS_EVENTS } from '../../shared/app/events.ts'
import { type AppName, PRIVATE, closeTestnet, command, homeEnv, tagged } from '../helpers/app.ts'
import { onPosix } from '../helpers/platform.ts'
import { Program } from '../helpers/program.ts'

interface Event {
  cmd: string
  tag: string
  data: Record<string, unknown>
}

onPosix(
  'with --json every line of both apps is an event, with the fields of the list',
  async (t) => {
    const writer = await start(t, 'writer-app', ['--exit-on-eof'])
    const { key } = await tagged<{ key: string }>(writer.program, 'key')
    writer.program.end('a\nb\n')
    const reader = await start(t, 'reader-app', ['--start', '0', '-n', '2', key])
    t.is(await reader.program.ending, 0)
    t.is(await writer.program.ending, 0)
    const [told, read] = [checked(t, writer, 'writer'), checked(t, reader, 'reader')]
    t.alike(only(told, 'waiting')[0]?.data['for'], 'reader')
    t.alike(only(told, 'peer')[0]?.data['role'], 'reader')
    t.alike(only(read, 'peer')[0]?.data['role'], 'writer')
    t.alike(only(read, 'skip')[0]?.data['blocks'], 0)
    t.alike(only(read, 'block').length, 2)
    for (const events of [told, read]) t.alike(events.at(-1)?.data['code'], 0)
    for (const { data } of only(read, 'block')) {
      const age = Date.now() - Date.parse(String(data['time']))
      t.ok(age >= 0 && age < 300_000, `${data['time']} is when it came`)
    }
  }
)

onPosix('with --json errors are events too, also those of the arguments', async (t) => {
  const key = 'ab'.repeat(32)
  for (const [app, flags, code] of [
    ['writer-app', ['--colour'], 2],
    ['reader-app', ['--start', 'x', key], 2],
    ['reader-app', ['ab'], 2],
    ['reader-app', ['--timeout', '0.3', key], 3],
    ['writer-app', ['--storage', '/dev/null'], 1]
  ] as const) {
    const run = await start(t, app, [...flags])
    t.is(await run.program.ending, code)
    const events = checked(t, run, app.replace('-app', ''))
    t.is(only(events, 'error')[0]?.data['code'], code)
    t.ok(events.at(-1)?.tag === 'end' || code === 2, 'the last line is the end')
  }
})

closeTestnet()

interface Run {
  program: Program
  errors: string
}

/** Starts `app` with --json, and its stderr in a file. */
async function start(t: Test, app: AppName, flags: string[]): Promise<Run> {
  const errors = path.join(await t.tmp(), 'errors')
  const line = [...command(app), '--json', ...flags, ...PRIVATE]
  const shell = ['sh', '-c', 'exec "$@" 2> "$0"', errors, ...line]
  return { program: new Program(t, shell, { env: await homeEnv(t) }), errors }
}

/** What was printed and told: each a line of its own, and with all its fields and no other. */
function checked(t: Test, { program, errors }: Run, cmd: string): Event[] {
  const told = fs.readFileSync(errors, 'utf8').trimEnd().split('\n')
  const parse = (line: string): Event => JSON.parse(line) as Event
  const [output, status] = [program.stdout.lines.map(parse), told.map(parse)]
  for (const event of output) hasFields(t, event, OUTPUT_EVENTS)
  for (const event of status) {
    t.is(typeof event.data['message'], 'string')
    hasFields(t, event, STATUS_EVENTS, 'message')
  }
  const all = [...output, ...status]
  t.ok(all.every((event) => event.cmd === cmd))
  return all
}

function hasFields(t: Test, { tag, data }: Event, list: object, ...more: string[]): void {
  const { fields } = (list as Record<string, { fields: object }>)[tag] ?? {}
  if (fields === undefined) return t.fail(`${tag} is not in the list`)
  const names = Object.keys(data)
  // not every log is private, not every error a bug
  const needed = Object.keys(fields).filter((name) => !['read', 'stack'].includes(name))
  const missing = needed.filter((field) => !field.split('|').some((name) => names.includes(name)))
  const allowed = [...Object.keys(fields).flatMap((field) => field.split('|')), ...more]
  t.alike([missing, names.filter((name) => !allowed.includes(name))], [[], []], tag)
}

function only(events: Event[], tag: string): Event[] {
  return events.filter((event) => event.tag === tag)
}
