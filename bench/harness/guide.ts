import path from 'bare-path'
import { type Network, bare } from './network.ts'
import { type Writer, withKey } from './pair.ts'
import { Program } from './program.ts'
import type { Scope } from './scope.ts'

/** How a reader of plain Hypercore asks for blocks: one by one as the guide does, or ahead. */
export type Way = 'loop' | 'download'

/** Starts the guide's writer, with one block for each line. */
export function startGuideWriter(
  scope: Scope,
  { bootstrap, near }: Network,
  storage = newStore(scope)
): Promise<Writer> {
  const command = [...near, ...bare('bench/baselines/writer.ts', storage, bootstrap)]
  return withKey(new Program(scope, 'the guide’s writer', command, { text: true }))
}

/** Starts the guide's writer on a log of `count` blocks of `size` bytes. */
export async function startGuideWriterOf(
  scope: Scope,
  network: Network,
  count: number,
  size: number
): Promise<Writer> {
  const storage = newStore(scope)
  await appendRaw(scope, storage, count, size)
  return startGuideWriter(scope, network, storage)
}

/** Starts the guide's reader, which ends once it has printed `count` blocks. */
export function startGuideReader(
  scope: Scope,
  { bootstrap, far }: Network,
  key: string,
  way: Way,
  count: number
): Program {
  const args = [newStore(scope), bootstrap, key, way, String(count)]
  const command = [...far, ...bare('bench/baselines/reader.ts', ...args)]
  return new Program(scope, `the guide’s reader (${way})`, command)
}

/** Appends `count` blocks of `size` bytes to a raw Hypercore; resolves to how long that took. */
export async function appendRaw(
  scope: Scope,
  storage: string,
  count: number,
  size: number
): Promise<number> {
  const command = bare('bench/baselines/append.ts', storage, String(count), String(size))
  const raw = new Program(scope, 'raw core.append', command, { text: true })
  const [ms] = await raw.line(/.+/)
  await raw.done()
  return Number(ms)
}

export function newStore(scope: Scope): string {
  return path.join(scope.folder(), 'store')
}
