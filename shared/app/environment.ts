import os from 'bare-os'
import path from 'bare-path'
import process from 'bare-process'
import { ERROR, Failure } from '../errors.ts'
import { createStatus, statusWritten } from './status.ts'

// Pear 1 has `Pear.config`; Pear 2 has `Pear.app`, with `Pear.config` as an alias; Pear 3 runs a
// terminal app as a plain Bare program or a standalone executable, with no global at all.
interface PearApp {
  args: string[]
  storage: string
  dht?: { bootstrap?: { host: string; port: number }[] }
}

interface Pear {
  app?: PearApp
  config?: PearApp
  teardown(close: () => Promise<void>): void
}

const { Pear: pear } = globalThis as { Pear?: Pear }
const app = pear?.app ?? pear?.config

// a standalone executable has no script among its arguments, and its modules no file of their own
const standalone = !import.meta.url.startsWith('file:')

/** The arguments of the app, without the binary and the script. */
export const args: string[] = app?.args ?? Bare.argv.slice(standalone ? 1 : 2)

/** The DHT nodes that Pear was told to use, if any. */
export const bootstrapNodes = app?.dht?.bootstrap

/** The folder where the app called `name` keeps its data unless --storage says otherwise. */
export function dataFolder(name: string): string {
  return app?.storage ?? path.join(platformDataFolder(), name)
}

function platformDataFolder(): string {
  const home = os.homedir()
  switch (os.platform()) {
    case 'darwin':
      return path.join(home, 'Library', 'Application Support')
    case 'win32':
      return os.getEnv('LOCALAPPDATA') ?? path.join(home, 'AppData', 'Local')
    default:
      return os.getEnv('XDG_DATA_HOME') || path.join(home, '.local', 'share')
  }
}

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

let close: () => Promise<void> = () => Promise.resolve()
let closing: Promise<void> | null = null
let stopping = false

/**
 * Takes the app's one teardown: an ordered close that `stop`, SIGHUP, SIGINT, SIGTERM and Pear run,
 * once. A second signal ends the process at once.
 */
export function onStop(teardown: () => Promise<void>): void {
  close = teardown
  // Pear 2 tears down on a signal as well, and sends itself that signal again once it is done
  pear?.teardown(closeOnce)
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal as keyof typeof SIGNALS, () => {
      if (stopping) Bare.exit(code)
      else void stop(code)
    })
  }
}

/** Closes what the app opened, in its order, and ends the process with `code`. */
export async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  try {
    await closeOnce()
  } catch (err) {
    report(err)
    code ||= ERROR
  }
  await statusWritten()
  Bare.exit(code)
}

/** Whether a stop is under way: what fails from then on fails because of it. */
export function isStopping(): boolean {
  return closing !== null
}

function closeOnce(): Promise<void> {
  // whoever asks waits for the one close, and it is under way before any of it runs
  closing ??= Promise.resolve().then(close)
  return closing
}

/** The name that errors begin with: that of the app whose script this is. */
let appName = 'pear'

/** Names the app in errors, and takes over what nobody caught: a Failure is one line and a code. */
export function nameApp(name: string): void {
  appName = name
  Bare.on('uncaughtException', fail)
  Bare.on('unhandledRejection', fail)
}

/** Reports `err` and stops: with the code of a Failure, or as the bug that it is. */
export function fail(err: unknown): void {
  if (isStopping()) return
  report(err)
  void stop(err instanceof Failure ? err.code : ERROR)
}

function report(err: unknown): void {
  const status = createStatus(appName)
  if (err instanceof Failure) status.error(err.message)
  else for (const line of stackOf(err)) status.error(line)
}

function stackOf(err: unknown): string[] {
  const stack = err instanceof Error ? err.stack : undefined
  return ['this is a bug, please report it', ...(stack ?? String(err)).split('\n')]
}
