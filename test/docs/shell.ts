import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import type { Test } from 'brittle'
import { PRIVATE, ROOT, homeEnv } from '../helpers/app.ts'
import { Program } from '../helpers/program.ts'

/** A shell in an empty folder, where `bare` keeps every app to this machine and a private DHT. */
export interface Shell {
  /** The folder that the commands run in. */
  folder: string
  run(command: string): Program
  /** Ends what was started, as Ctrl-C does. */
  interrupt(): void
}

export async function openShell(t: Test): Promise<Shell> {
  const folder = await t.tmp()
  const bin = await t.tmp()
  const pids = path.join(bin, 'pids')
  fs.writeFileSync(pids, '')
  const paths = os.getEnv('PATH') ?? ''
  const app = `'${os.execPath()}' "${ROOT}/$app" ${PRIVATE.join(' ')} "$@"`
  const shims = { bare: `app=$1; shift; exec ${app}`, tail: `PATH='${paths}' exec tail "$@"` }
  for (const [name, script] of Object.entries(shims)) {
    const text = `#!/bin/sh\necho $$ >> '${pids}'\n${script}\n`
    fs.writeFileSync(path.join(bin, name), text, { mode: 0o755 })
  }
  const env = { ...(await homeEnv(t)), PATH: `${bin}:${paths}` }

  return {
    folder,
    run: (command) => new Program(t, ['/bin/sh', '-c', command], { cwd: folder, env }),
    interrupt() {
      for (const pid of fs.readFileSync(pids, 'utf8').split('\n')) {
        if (pid !== '') signal(Number(pid))
      }
      fs.writeFileSync(pids, '')
    }
  }
}

// some have ended by themselves
function signal(pid: number): void {
  try {
    os.kill(pid, 'SIGINT')
  } catch (err) {
    if (!(err instanceof Error && 'code' in err && err.code === 'ESRCH')) throw err
  }
}

/** The commands in the `sh` blocks of the document at `file`, one a line. */
export function commandsOf(file: string): string[] {
  const text = fs.readFileSync(path.join(ROOT, file), 'utf8')
  return [...text.matchAll(/^```sh\n([^]*?)^```$/gm)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/ +#.*$/, '').trim())
    .filter((line) => line !== '')
}
