import fs from 'bare-fs'
import process from 'bare-process'
import { Failure, codeOf } from '../errors.ts'

/** The bytes of stdin as they come. Throws a Failure where stdin is nothing that can be read. */
export async function* readInput(): AsyncGenerator<unknown> {
  if (!hasInput()) return
  const { stdin } = process
  // many a parent gives a socket in place of a pipe: at its end that stays open for writing, and
  // what reads it waits for ever
  stdin.once('end', () => stdin.destroy())
  try {
    yield* stdin
  } catch (err) {
    const code = codeOf(err)
    if (code === '') throw err
    throw new Failure(`standard input cannot be read (${code}): pipe something else in`)
  }
}

/** Reads no more: what is waiting on stdin stays there. */
export function closeInput(): void {
  if (hasInput()) process.stdin.destroy()
}

// where stdin was closed (`<&-`), something of the runtime's own has its number, and is no file
function hasInput(): boolean {
  try {
    return (fs.fstatSync(0).mode & fs.constants.S_IFMT) !== 0
  } catch {
    return false
  }
}
