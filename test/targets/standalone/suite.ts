// Runs the end-to-end tests against the executables for this machine, which `npm run make` builds.
import path from 'bare-path'
import { outFolder } from '../../../scripts/make/executable.ts'
import { HERE } from '../../../scripts/make/hosts.ts'
import { runSuite } from './launchers.ts'

const out = outFolder(path.join(import.meta.dirname, '..', '..', '..'), HERE)

Bare.exitCode = await runSuite(
  // the addons that an executable unpacks there are kept for its next start
  (name, temporary) => ({ env: { TMPDIR: temporary }, command: [path.join(out, name)] }),
  Bare.argv.slice(2)
)
