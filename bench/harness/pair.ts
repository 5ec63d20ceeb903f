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

/** Starts writer-app. */
export async function startWriter(
  scope: Scope,
  { bootstrap, near }: Network,
  storage = scope.folder()
): Promise<Writer> {
  const flags = ['--json', '--no-lan', '--bootstrap', bootstrap, '--storage', storage]
  return withKey(
    new Program(scope, 'writer-app', [...near, ...bare('writer-app', ...flags)], { text: true })
  )
}

/** Starts reader-app: it prints raw blocks and newlines, and says on stderr when it is connected. */
export function startReader(
  scope: Scope,
  { bootstrap, far }: Network,
  key: string,
  position: string[],
  storage = scope.folder()
): Program {
  const flags = ['--raw', '--no-lan', '--bootstrap', bootstrap, '--storage', storage]
  return new Program(scope, 'reader-app', [...far, ...bare('reader-app', key, ...flags, ...position)])
}

/** Starts the guide's writer, with one block for each line. */
export async function startGuideWriter(
  scope: Scope,
  { bootstrap, near }: Network,
  storage = scope.folder()
): Promise<Writer> {
  const command = bare('bench/baselines/writer.ts', storage, bootstrap)
  return withKey(new Program(scope, 'the guide’s writer', [...near, ...command], { text: true }))
}

/** Starts a reader of plain Hypercore: `loop` is the guide's own code, `download` asks ahead. */
export function startGuideReader(
  scope: Scope,
  { bootstrap, far }: Network,
  key: string,
  way: 'loop' | 'download',
  count: number
): Program {
  const command = bare(
    'bench/baselines/reader.ts',
    scope.folder(),
    bootstrap,
    key,
    way,
    String(count)
  )
  return new Program(scope, `the guide’s reader (${way})`, [...far, ...command])
}

async function withKey(program: Program): Promise<Writer> {
  const [, key = ''] = await program.line(/"key":"([0-9a-f]{64})"/)
  return { program, key }
}

/** Writes `count` lines of `size` bytes to writer-app; resolves to how long they took to be on disk. */
export async function append(
  { program }: Writer,
  count: number,
  size: number,
  length = count
): Promise<number> {
  const from = now()
  const acknowledged = program.line(new RegExp(`"append".*"length":${length}\\b`))
  await program.write(chunksOfLines(count, size))
  await acknowledged
  return now() - from
}

/** How long `reader` took from its first connection until it had printed `bytes`. */
export async function timeReading(reader: Program, bytes: number): Promise<number> {
  const from = await reader.said('connected')
  const to = await reader.received(bytes)
  return to - from
}
