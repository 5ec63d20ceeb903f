import { now } from '../../shared/limits/clock.ts'
import { chunksOfLines } from './lines.ts'
import { type Network, bare } from './network.ts'
import { Program } from './program.ts'
import type { Scope } from './scope.ts'

/** How an app is run where it is not in the usual way. */
export interface Launch {
  /** The command in place of `bare` and the app's folder. */
  app?: string[]
  /** The storage folder in place of a new one. */
  storage?: string
  /** Whether peers may also be found without the DHT. */
  lan?: boolean
}

/** A running writer, of this pair or of the guide's code, and the key that it has printed. */
export interface Writer {
  program: Program
  key: string
  /** The read key of a private log. */
  read?: string | undefined
}

/** Starts writer-app. */
export function startWriter(scope: Scope, network: Network, launch: Launch = {}): Promise<Writer> {
  return startWriterAs(scope, writerCommand(scope, network, launch))
}

/** Starts writer-app on a terminal that does not echo, by util-linux's `script`. */
export function startWriterOnTerminal(
  scope: Scope,
  network: Network,
  launch: Launch = {}
): Promise<Writer> {
  const command = writerCommand(scope, network, launch).map((word) => `'${word}'`)
  const terminal = ['script', '--quiet', '--flush', '--echo', 'never', '--command']
  return startWriterAs(scope, [...terminal, `exec ${command.join(' ')}`, '/dev/null'])
}

function startWriterAs(scope: Scope, command: string[]): Promise<Writer> {
  return withKey(new Program(scope, 'writer-app', command, { text: true }))
}

function writerCommand(scope: Scope, network: Network, launch: Launch): string[] {
  const { app = bare('writer-app') } = launch
  return [...network.near, ...app, '--json', ...flags(scope, network, launch)]
}

/** Waits for the key that a writer prints. */
export async function withKey(program: Program): Promise<Writer> {
  const [, key = '', read] = await program.line(/"key":"([0-9a-f]{64})"(?:,"read":"(\w+)")?/)
  return { program, key, read }
}

/** Starts writer-app on a new log of `count` lines of `size` bytes. */
export async function startWriterOf(
  scope: Scope,
  network: Network,
  count: number,
  size: number,
  launch: Launch = {}
): Promise<Writer> {
  const writer = await startWriter(scope, network, launch)
  await append(writer, count, size)
  return writer
}

/** Starts reader-app, which prints raw blocks and newlines. */
export function startReader(
  scope: Scope,
  network: Network,
  key: string,
  position: string[],
  launch: Launch = {}
): Program {
  const { app = bare('reader-app') } = launch
  const options = [...flags(scope, network, launch), ...position]
  return new Program(scope, 'reader-app', [...network.far, ...app, key, '--raw', ...options])
}

/** Starts reader-app where the writer is: it holds and serves every block. */
export function startSeeder(
  scope: Scope,
  network: Network,
  key: string,
  launch: Launch = {}
): Program {
  const { app = bare('reader-app') } = launch
  const command = [...network.near, ...app, key, '--seed', ...flags(scope, network, launch)]
  return new Program(scope, 'seeder', command)
}

function flags(scope: Scope, { bootstrap }: Network, { storage, lan }: Launch): string[] {
  const common = ['--bootstrap', bootstrap, '--storage', storage ?? scope.folder()]
  return lan ? common : [...common, '--no-lan']
}

/**
 * Writes `count` lines of `size` bytes to a writer-app with `length` blocks, none by default; resolves
 * to how long it took until the last was acknowledged.
 */
export async function append(
  { program }: Writer,
  count: number,
  size: number,
  length = 0
): Promise<number> {
  const from = now()
  await Promise.all([
    program.line(new RegExp(`"append".*"length":${length + count}\\b`)),
    program.write(chunksOfLines(count, size))
  ])
  return now() - from
}
