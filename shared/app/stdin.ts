import { Failure, codeOf } from '../errors.ts'
import { statusLine, statusOnTerminal } from './status.ts'
import { openInput } from './stdio.ts'

/** The bytes of stdin as they come. Throws a Failure where stdin is nothing that can be read. */
export async function* readInput(): AsyncGenerator<unknown> {
  const stdin = openInput()
  if (stdin === null) return
  // many a parent gives a socket in place of a pipe: at its end that stays open for writing, and
  // what reads it waits for ever
  stdin.once('end', () => stdin.destroy())
  try {
    const typed = statusOnTerminal() && 'isTTY' in stdin && stdin.isTTY === true
    for await (const chunk of stdin) {
      if (typed) statusLine().lineTyped()
      yield chunk
    }
    if (typed) statusLine().typingEnded()
  } catch (err) {
    const code = codeOf(err)
    if (code === '') throw err
    throw new Failure(`standard input cannot be read (${code}): pipe something else in`)
  }
}

/** Reads no more: what is waiting on stdin stays there. */
export function closeInput(): void {
  openInput()?.destroy()
}
