// Mends package-lock.json after an install from a registry that lacks some platforms' packages:
//   bare scripts/lock-platforms.ts            adds their entries, and asks the registry what they hash to
//   bare scripts/lock-platforms.ts --check    says what is wrong, and changes nothing
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import process from 'bare-process'
import { spawnSync } from 'bare-subprocess'
import {
  type Lockfile,
  type Manifest,
  disagreements,
  missingPlatforms,
  namedHosts,
  unverified,
  withEntries,
  withIntegrity
} from './lockfile.ts'

const root = path.join(import.meta.dirname, '..')
const file = path.join(root, 'package-lock.json')
let lock = read(file) as Lockfile

if (!process.argv.includes('--check')) {
  const missing = missingPlatforms(lock)
  const whole = withEntries(lock, missing)
  const hashes = hashesOf(unverified(whole))
  lock = withIntegrity(whole, hashes)
  fs.writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  for (const entry of Object.keys(missing)) process.stdout.write(`added ${entry}\n`)
  for (const entry of Object.keys(hashes)) process.stdout.write(`hash of ${entry}\n`)
}

const faults = [
  ...namedHosts(lock),
  ...disagreements(manifest('.'), [manifest('writer-app'), manifest('reader-app')])
]
for (const entry of Object.keys(missingPlatforms(lock))) {
  faults.push(`package-lock.json: ${entry} is missing: npm run lock`)
}
for (const entry of Object.keys(unverified(lock))) {
  faults.push(
    `package-lock.json: ${entry} has no integrity: npm run lock, with a registry that has it`
  )
}
for (const fault of faults) process.stderr.write(`${fault}\n`)
if (faults.length > 0) Bare.exitCode = 1

/** What the packages hash to that the registry has, by path. */
function hashesOf(packages: Record<string, string>): Record<string, string> {
  // npm is a script, which only the command processor of Windows runs by its name
  const npm = os.platform() === 'win32' ? ['cmd', '/c', 'npm'] : ['npm']
  const hashes: Record<string, string> = {}
  for (const [at, spec] of Object.entries(packages)) {
    const [tool = '', ...args] = [...npm, 'view', '--silent', spec, 'dist.integrity']
    const { stdout } = spawnSync(tool, args, { cwd: root })
    const hash = String(stdout).trim()
    if (hash.startsWith('sha512-')) hashes[at] = hash
  }
  return hashes
}

function manifest(folder: string): Manifest {
  return read(path.join(root, folder, 'package.json')) as Manifest
}

function read(name: string): unknown {
  return JSON.parse(String(fs.readFileSync(name)))
}
