import os from 'bare-os'
import { spawn, spawnSync } from 'bare-subprocess'

// npm is a script, which only the command processor of Windows runs by its name
export const NPM = os.platform() === 'win32' ? ['cmd', '/c', 'npm'] : ['npm']

/** What npm says where it reaches no registry, which tells nothing about the folder. */
export const UNREACHED =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/

/** A registry that has not answered by then is not there. */
const ANSWER_MS = 15_000

/**
 * Runs `npm install` with `args` in the folder `cwd`, from npm's cache where that holds everything; says
 * what failed.
 */
export async function npmInstall(cwd: string, ...args: string[]): Promise<string> {
  const install = ['install', '--no-audit', '--no-fund', ...args]
  const fault = npm(cwd, ...install, '--offline')
  if (fault === '' || !(await registryAnswers())) return fault
  return npm(cwd, ...install, '--prefer-offline')
}

/** Runs npm with `args` in the folder `cwd`; says what failed. */
export function npm(cwd: string, ...args: string[]): string {
  const [file = '', ...own] = NPM
  const env = environment()
  const { status, stdout, stderr } = spawnSync(file, [...own, ...args], { cwd, env })
  return status === 0 ? '' : `${String(stdout)}${String(stderr)}`
}

/** Asks the registry once: an install asks for each of its packages, and each time again. */
function registryAnswers(): Promise<boolean> {
  const [file = '', ...args] = [...NPM, 'ping', '--fetch-retries=0']
  const ping = spawn(file, args, { env: environment(), stdio: ['ignore', 'ignore', 'pipe'] })
  const limit = setTimeout(() => ping.kill(), ANSWER_MS)
  let said = ''
  ping.stderr?.on('data', (chunk) => (said += String(chunk)))
  return new Promise((resolve) => {
    ping.on('close', () => {
      clearTimeout(limit)
      // an error that the registry itself has sent is an answer
      resolve(ping.exitCode !== null && !UNREACHED.test(said))
    })
  })
}

// npm is set up by variables and by files in the home folder
export function environment(): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of os.getEnvKeys()) env[name] = os.getEnv(name) ?? ''
  return env
}
