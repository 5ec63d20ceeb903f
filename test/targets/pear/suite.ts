// Runs the end-to-end tests against both apps under the global of Pear 2.
import os from 'bare-os'
import path from 'bare-path'
import { runSuite } from '../standalone/launchers.ts'

const root = path.join(import.meta.dirname, '..', '..', '..')
const run = path.join(import.meta.dirname, 'run.ts')

Bare.exitCode = await runSuite(
  (name) => ({ command: [os.execPath(), run, path.join(root, name)] }),
  Bare.argv.slice(2)
)
