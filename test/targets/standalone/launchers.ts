import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import process from 'bare-process'
import { spawn } from 'bare-subprocess'

const ROOT = path.join(import.meta.dirname, '..', '..', '..')
const SUITE = ['test/e2e', 'test/storage/folders.test.ts']

/**
 * Runs the end-to-end tests, or those that `argv` names, with `writer-app` and `reader-app` started
 * by the commands of `launch`, which are given a folder for their temporary files. Returns the exit
 * code.
 *
 * A test knows an app as one file to start: here a script of the shell, which gives its process to
 * the command, so that the signals of a test reach the app itself.
 */
export async function runSuite(
  launch: (name: string, temporary: string) => { env?: Record<string, string>; command: string[] },
  argv: string[]
): Promise<number> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'launchers-'))
  try {
    for (const name of ['writer-app', 'reader-app']) {
      const { env = {}, command } = launch(name, path.join(folder, 'tmp'))
      const set = Object.entries(env).map(([key, value]) => `${key}=${quote(value)} `)
      const script = `#!/bin/sh\n${set.join('')}exec ${command.map(quote).join(' ')} "$@"\n`
      fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 })
    }
    fs.mkdirSync(path.join(folder, 'tmp'))
    return await runTests(folder, argv.length > 0 ? argv : SUITE)
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
}

function runTests(apps: string, files: string[]): Promise<number> {
  const env: Record<string, string> = { APPS: apps }
  for (const name of os.getEnvKeys()) env[name] ??= os.getEnv(name) ?? ''
  const all = path.join(ROOT, 'test', 'all.ts')
  const child = spawn(os.execPath(), [all, ...files], { cwd: ROOT, env, stdio: 'inherit' })
  // it ends what it has started, and this process with it
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => os.kill(child.pid, signal))
  }
  return new Promise((resolve) => child.on('exit', () => resolve(child.exitCode ?? 1)))
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
