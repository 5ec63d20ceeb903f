// What the apps say with --json.
import { asInput } from './numbered.ts'
import type { Program } from './program.ts'

/** A writer that acknowledges what it is given. */
export interface Writer {
  program: Program
  key: string
  /** Appends `lines`; resolves once they are on disk. */
  append(...lines: string[]): Promise<void>
}

/** The writer that `program` is, whose log holds `length` blocks, once it has printed its key. */
export async function asWriter(program: Program, length: number): Promise<Writer> {
  const { key } = await tagged<{ key: string }>(program, 'key')
  return {
    program,
    key,
    async append(...lines) {
      length += lines.length
      await program.write(asInput(lines))
      await acknowledged(program, length)
    }
  }
}

/** Waits until a writer has `length` blocks on disk. */
export async function acknowledged(writer: Program, length: number): Promise<void> {
  await tagged<{ length: number }>(writer, 'append', (data) => data.length >= length)
}

/** The data of the next line on stdout that has `tag`, and that `accept` takes. */
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
