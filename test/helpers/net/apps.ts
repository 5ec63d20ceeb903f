import { type Writer, asWriter, tagged } from '../json.ts'
import type { Program } from '../program.ts'
import type { Host } from './host.ts'

/** Starts a writer on `host` whose log holds `length` blocks, and waits for its key. */
export async function startWriter(host: Host, args: string[] = [], length = 0): Promise<Writer> {
  return asWriter(await host.startApp('writer-app', ['--json', ...args]), length)
}

/** Starts a reader of `key` on `host`. */
export function startReader(host: Host, key: string, args: string[] = []): Promise<Program> {
  return host.startApp('reader-app', ['--json', ...args, key])
}

/** Waits until `reader` has printed a block with this text. */
export async function arrives(reader: Program, text: string): Promise<void> {
  await tagged<{ value: string }>(reader, 'block', ({ value }) => value === text)
}
