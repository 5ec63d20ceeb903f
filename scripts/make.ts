// Builds both apps as executables that need neither Node nor Bare, into out/<platform>-<arch>.
import fs from 'bare-fs'
import path from 'bare-path'
import process from 'bare-process'
import { bail, command, flag, summary } from 'paparam'
import reader from '../reader-app/package.json' with { type: 'json' }
import { Failure, USAGE } from '../shared/errors.ts'
import writer from '../writer-app/package.json' with { type: 'json' }
import { makeExecutable } from './make/executable.ts'
import { HERE, HOSTS } from './make/hosts.ts'

const root = path.join(import.meta.dirname, '..')
const make = command(
  'npm run make --',
  summary('Builds both apps as standalone executables, into out/<platform>-<arch>'),
  flag('--host <platform-arch>', `one of ${HOSTS.join(', ')} (default: ${HERE})`),
  bail(({ reason }) => {
    throw new Failure(`${reason}: see npm run make -- --help`, USAGE)
  })
)

try {
  if (make.parse(Bare.argv.slice(2))) await makeBoth(String(make.flags['host'] ?? HERE))
} catch (err) {
  if (!(err instanceof Failure)) throw err
  process.stderr.write(`make: ${err.message}\n`)
  Bare.exitCode = err.code
}

async function makeBoth(host: string): Promise<void> {
  for (const app of [writer, reader]) {
    const file = await makeExecutable(root, app, host)
    const size = (fs.statSync(file).size / 1e6).toFixed(1)
    process.stdout.write(`${path.relative(root, file)} ${size} MB\n`)
  }
}
