import type { Program } from '../program.ts'
import type { Host } from './host.ts'

/** A writer that acknowledges what it is given. */
export interface Writer {
  program: Program
  key: string
  append(...lines: string[]): Promise<void>
}

/** Starts a writer on `host` whose log holds `length` blocks, and waits for its key. */
export async function startWriter(host: Host, args: string[] = [], length = 0): Promise<Writer> {
  const program = await host.startApp('writer-app', ['--json', ...args])
  const { key } = await next<{ key: string }>(program, 'key')
  return {
    program,
    key,
    async append(...lines) {
      await program.write(lines.join('\n') + '\n')
      for (const end = (length += lines.length); ; ) {
        const { length: stored } = await next<{ length: number }>(program, 'append')
        if (stored >= end) return
      }
    }
  }
}

/** Starts a reader of `key` on `host`. */
export function startReader(host: Host, key: string, args: string[] = []): Promise<Program> {
  return host.startApp('reader-app', ['--json', ...args, key])
}

/** Waits until `reader` has printed a block with this text. */
export async function arrives(reader: Program, text: string): Promise<void> {
  for (;;) {
    const { value } = await next<{ value: string }>(reader, 'block')
    if (value === text) return
  }
}

/** The data of the next JSON line on stdout that has `tag`. */
async function next<T>({ stdout }: Program, tag: string): Promise<T> {
  const parse = (line: string) => JSON.parse(line) as { tag: string; data: T }
  return parse(await stdout.line((line) => parse(line).tag === tag)).data
}

/** Stops `program` as Ctrl-C does; resolves to the milliseconds that it took. */
export async function stop(program: Program): Promise<number> {
  const startedAt = Date.now()
  program.signal('SIGINT')
  await program.ending
  return Date.now() - startedAt
}
