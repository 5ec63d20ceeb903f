import type { Test } from 'brittle'
import { type Writer, asWriter } from './json.ts'
import { type AppName, command, homeEnv } from './launch.ts'
import { Program, type ProgramOptions } from './program.ts'
import { bootstrap } from './testnet.ts'

export { type Writer, acknowledged, tagged } from './json.ts'
export { type AppName, ROOT, areFolders, command, homeEnv } from './launch.ts'
export { closeTestnet } from './testnet.ts'

/** Keeps an app to this machine and to the private DHT. */
export const PRIVATE = ['--bootstrap', bootstrap, '--no-lan']

interface AppOptions extends ProgramOptions {
  /** Where the app keeps its data; without it, in a home folder of its own. */
  storage?: string
  /** Another DHT than that of the test file. */
  bootstrap?: string
}

/** Starts the app `name` with `flags` and what keeps it private. */
export async function startApp(
  t: Test,
  name: AppName,
  flags: string[],
  options: AppOptions = {}
): Promise<Program> {
  const { storage, bootstrap } = options
  const own = bootstrap === undefined ? PRIVATE : ['--bootstrap', bootstrap, '--no-lan']
  const kept = storage === undefined ? [] : ['--storage', storage]
  return new Program(t, [...command(name), ...flags, ...kept, ...own], {
    ...options,
    env: { ...(await homeEnv(t)), ...options.env }
  })
}

/** Starts a writer with `--json` whose log holds `length` blocks, and waits for its key. */
export async function startWriter(
  t: Test,
  flags: string[] = [],
  { length = 0, ...options }: AppOptions & { length?: number } = {}
): Promise<Writer> {
  return asWriter(await startApp(t, 'writer-app', ['--json', ...flags], options), length)
}

/** A reader with --no-follow looks this long for its peers, in seconds: on a busy machine 5 may not do. */
const LOOK_SECONDS = '30'

/** Starts a reader of `key`. */
export function startReader(
  t: Test,
  key: string,
  flags: string[] = [],
  options: AppOptions = {}
): Promise<Program> {
  const looks = flags.includes('--no-follow') && !flags.includes('--timeout')
  const patience = looks ? ['--timeout', LOOK_SECONDS] : []
  return startApp(t, 'reader-app', [...patience, ...flags, key], options)
}

/** Waits for the end of `program`: with `code`, and one line on stderr, which `reason` matches. */
export async function refuses(
  t: Test,
  program: Program,
  code: number,
  reason: RegExp
): Promise<void> {
  t.is(await program.ending, code, `exits with ${code}`)
  const { lines, text } = program.stderr
  t.is(lines.length, 1, 'says one line')
  t.ok(reason.test(text), `says ${reason}: ${text.trim()}`)
}
