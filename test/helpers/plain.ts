import os from 'bare-os'
import path from 'bare-path'
import type { Test } from 'brittle'
import { Program } from './program.ts'
import { bootstrap } from './testnet.ts'

const FOLDER = path.join(import.meta.dirname, 'plain')

/**
 * Starts a writer that knows only Hypercore and Hyperswarm, and waits for its key. A new log begins
 * with `length` numbered lines.
 */
export async function startPlainWriter(
  t: Test,
  { storage, length = 0 }: { storage?: string; length?: number } = {}
): Promise<{ program: Program; key: string }> {
  const program = await startPlain(t, 'writer.ts', [String(length)], storage)
  const key = (await program.stdout.line(/^key /)).slice(4)
  return { program, key }
}

/**
 * Starts a reader that knows only Hypercore and Hyperswarm. It prints `from` with the number of the
 * block that it begins with, which is `first` where that is given, then each block and its number.
 */
export function startPlainReader(t: Test, key: string, first?: number): Promise<Program> {
  return startPlain(t, 'reader.ts', first === undefined ? [key] : [key, String(first)])
}

async function startPlain(
  t: Test,
  file: string,
  args: string[],
  storage?: string
): Promise<Program> {
  const folder = storage ?? (await t.tmp())
  return new Program(t, [os.execPath(), path.join(FOLDER, file), folder, bootstrap, ...args])
}
