import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import type { Test } from 'brittle'
import { Program, type ProgramOptions } from './program.ts'
import { bootstrap } from './testnet.ts'

export { closeTestnet } from './testnet.ts'

export const ROOT = path.join(import.meta.dirname, '..', '..')

/** Holds what is tested as `writer-app` and `reader-app`: app folders for Bare, or executables. */
const APPS = path.resolve(os.getEnv('APPS') ?? ROOT)

export type AppName = 'writer-app' | 'reader-app'

/** Whether the apps under test are folders that Bare runs. */
export const areFolders = fs.existsSync(path.join(APPS, 'writer-app', 'package.json'))
const EXECUTABLE = os.platform() === 'win32' ? '.exe' : ''

/** What starts the app `name`. */
export function command(name: AppName): string[] {
  const app = path.join(APPS, name)
  return areFolders ? [os.execPath(), app] : [app + EXECUTABLE]
}

/** Keeps an app to this machine and to the private DHT. */
export const PRIVATE = ['--bootstrap', bootstrap, '--no-lan']

export interface AppOptions extends ProgramOptions {
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

/** Variables that make `t`'s own temporary folder the home that an app sees. */
export async function homeEnv(t: Test): Promise<Record<string, string>> {
  const home = await t.tmp()
  return { HOME: home, LOCALAPPDATA: home, XDG_DATA_HOME: path.join(home, 'data') }
}

/** A writer that acknowledges what it is given. */
export interface Writer {
  program: Program
  key: string
  /** Appends `lines`; resolves once they are on disk. */
  append(...lines: string[]): Promise<void>
}

/** Starts a writer with `--json` whose log holds `length` blocks, and waits for its key. */
export async function startWriter(
  t: Test,
  flags: string[] = [],
  { length = 0, ...options }: AppOptions & { length?: number } = {}
): Promise<Writer> {
  const program = await startApp(t, 'writer-app', ['--json', ...flags], options)
  const { key } = await tagged<{ key: string }>(program, 'key')
  return {
    program,
    key,
    async append(...lines) {
      length += lines.length
      await program.write(lines.map((line) => line + '\n').join(''))
      await acknowledged(program, length)
    }
  }
}

/** Waits until a writer with `--json` has `length` blocks on disk. */
export async function acknowledged(writer: Program, length: number): Promise<void> {
  await tagged<{ length: number }>(writer, 'append', (data) => data.length >= length)
}

/** Starts a reader of `key`. */
export function startReader(
  t: Test,
  key: string,
  flags: string[] = [],
  options: AppOptions = {}
): Promise<Program> {
  return startApp(t, 'reader-app', [...flags, key], options)
}

/** The data of the next JSON line on stdout that has `tag`, and that `accept` takes. */
export async function tagged<T extends object>(
  { stdout }: Program,
  tag: string,
  accept: (data: T) => boolean = () => true
): Promise<T> {
  const dataOf = (line: string): T | null => {
    const message = JSON.parse(line) as { tag: string; data: T }
    return message.tag === tag && accept(message.data) ? message.data : null
  }
  const line = await stdout.line((text) => dataOf(text) !== null)
  return (JSON.parse(line) as { data: T }).data
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
