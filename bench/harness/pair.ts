import { now } from './clock.ts'
import { chunksOfLines } from './lines.ts'
import { type Network, bare } from './network.ts'
import { Program } from './program.ts'
import type { Scope } from './scope.ts'

/** A running writer, of this pair or of the guide's code, and the key that it has printed. */
export interface Writer {
  program: Program
  key: string
}

/** Starts writer-app: `app` is the command that runs it. */
export function startWriter(
  scope: Scope,
  { bootstrap, near }: Network,
  storage = scope.folder(),
  app = bare('writer-app')
): Promise<Writer> {
  const flags = ['--json', '--no-lan', '--bootstrap', bootstrap, '--storage', storage]
  const command = [...near, ...app, ...flags]
  return withKey(new Program(scope, 'writer-app', command, { text: true }))
}

/** Waits for the key that a writer prints. */
export async function withKey(program: Program): Promise<Writer> {
  const [, key = ''] = await program.line(/"key":"([0-9a-f]{64})"/)
  return { program, key }
}

/** Starts writer-app on a new log of `count` lines of `size` bytes. */
export async function startWriterOf(
  scope: Scope,
  network: Network,
  count: number,
  size: number,
  storage = scope.folder()
): Promise<Writer> {
  const writer = await startWriter(scope, network, storage)
  await append(writer, count, size)
  return writer
}

/** Starts reader-app, which prints raw blocks and newlines: `app` is the command that runs it. */
export function startReader(
  scope: Scope,
  { bootstrap, far }: Network,
  key: string,
  position: string[],
  app = bare('reader-app')
): Program {
  const storage = scope.folder()
  const flags = ['--raw', '--no-lan', '--bootstrap', bootstrap, '--storage', storage]
  const command = [...far, ...app, key, ...flags, ...position]
  return new Program(scope, 'reader-app', command)
}

/**
 * Writes `count` lines of `size` bytes to a writer-app with an empty log; resolves to how long it
 * took until the last was acknowledged.
 */
export async function append({ program }: Writer, count: number, size: number): Promise<number> {
  const from = now()
  const acknowledged = program.line(new RegExp(`"append".*"length":${count}\\b`))
  await program.write(chunksOfLines(count, size))
  await acknowledged
  return now() - from
}
