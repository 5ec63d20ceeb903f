import os from 'bare-os'
import { skip, test } from 'brittle'
import type { Test } from 'brittle'
import { spawnSync } from 'bare-subprocess'
import { Program, type ProgramOptions } from './program.ts'

/** What `script` of util-linux takes; that of macOS and the BSDs is another. */
const isLinux = os.platform() === 'linux'

/** A test that needs a terminal, and `script` to make one. */
export const onTerminal =
  os.platform() !== 'win32' && spawnSync('sh', ['-c', 'command -v script']).status === 0
    ? test
    : skip

/**
 * Runs `command` on a terminal of its own: what is written to it was typed there, Ctrl-C and Ctrl-D
 * included, and its stdout is all that the terminal shows. It ends as the command does.
 */
export function runOnTerminal(t: Test, command: string[], options: ProgramOptions): Program {
  const script = isLinux
    ? ['script', '-qefc', `exec ${command.map(quote).join(' ')}`, '/dev/null']
    : ['script', '-q', '/dev/null', ...command]
  return new Program(t, script, options)
}

export const CTRL_C = '\x03'
export const CTRL_D = '\x04'

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
