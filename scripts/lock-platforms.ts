// Mends package-lock.json after an install from a registry that lacks some platforms' packages:
//   bare scripts/lock-platforms.ts            adds their entries
//   bare scripts/lock-platforms.ts --check    says what is wrong, and changes nothing
import fs from 'bare-fs'
import path from 'bare-path'
import process from 'bare-process'
import {
  type Lockfile,
  type Manifest,
  disagreements,
  missingPlatforms,
  namedHosts,
  withEntries
} from './lockfile.ts'

const root = path.join(import.meta.dirname, '..')
const file = path.join(root, 'package-lock.json')
const lock = read(file) as Lockfile
const missing = missingPlatforms(lock)
const added = Object.keys(missing)

const faults = [
  ...namedHosts(lock),
  ...disagreements(manifest('.'), [manifest('writer-app'), manifest('reader-app')])
]
if (process.argv.includes('--check')) {
  for (const entry of added) faults.push(`package-lock.json: ${entry} is missing: npm run lock`)
} else if (added.length > 0) {
  fs.writeFileSync(file, `${JSON.stringify(withEntries(lock, missing), null, 2)}\n`)
  process.stdout.write(`added ${added.join('\nadded ')}\n`)
}
for (const fault of faults) process.stderr.write(`${fault}\n`)
if (faults.length > 0) Bare.exitCode = 1

function manifest(folder: string): Manifest {
  return read(path.join(root, folder, 'package.json')) as Manifest
}

function read(name: string): unknown {
  return JSON.parse(String(fs.readFileSync(name)))
}
