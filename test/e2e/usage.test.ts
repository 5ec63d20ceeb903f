import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { spawnSync } from 'bare-subprocess'
import { skip, test } from 'brittle'
import { PRIVATE, closeTestnet, command, refuses, startApp, startReader } from '../helpers/app.ts'
import { onLinux } from '../helpers/platform.ts'
import { Program } from '../helpers/program.ts'

/** Makes a command one of a user that the system does not know. */
const NOBODY = ['setpriv', '--reuid=54321', '--regid=54321', '--clear-groups', '--']
/** Takes root, Linux's tool for it, and a checkout that other users may read. */
const asAnother =
  os.platform() === 'linux' &&
  spawnSync('sh', ['-c', '"$@"', 'sh', ...NOBODY, ...command('writer-app'), '--version']).status ===
    0
    ? test
    : skip

// what else is wrong, and in which words it is told, is known without a process: test/app/flags.test.ts
test('a wrong argument is one line and exit code 2', async (t) => {
  await refuses(t, await startApp(t, 'reader-app', []), 2, /^reader-app: <key> is missing/)
  const colour = await startApp(t, 'writer-app', ['--colour'])
  await refuses(t, colour, 2, /^writer-app: there is no flag --colour \(see /)
  const hostile = await startReader(t, '\u001b[31m')
  await refuses(t, hostile, 2, /^reader-app: '.*' is not a key: a key is the 64 hex digits/)
  t.absent(hostile.stderr.text.includes('\u001b'), 'shown with nothing that acts on a terminal')
})

test('--help and --version are data, and need no storage and no peer', async (t) => {
  const help = await startApp(t, 'writer-app', ['--help'])
  t.is(await help.ending, 0)
  t.ok(help.stdout.text.startsWith('writer-app [flags]'))
  t.is(help.stderr.text, '')
  const version = await startApp(t, 'reader-app', ['-v'])
  t.is(await version.ending, 0)
  t.ok(/^reader-app \d+\.\d+\.\d+\n$/.test(version.stdout.text))
})

asAnother('a user without a home folder is told to name one', async (t) => {
  const writer = ['env', '-u', 'HOME', ...NOBODY, ...command('writer-app'), ...PRIVATE]
  await refuses(t, new Program(t, writer), 1, /no home folder: set HOME, or .*--storage/)
})

onLinux('a library that the system lacks is named, with what installs it', async (t) => {
  const libraries = await t.tmp()
  fs.writeFileSync(path.join(libraries, 'libatomic.so.1'), '')
  const env = { LD_LIBRARY_PATH: libraries }
  for (const name of ['writer-app', 'reader-app'] as const) {
    const said = new RegExp(`^${name}: this system has no libatomic.so.1, .* libatomic1$`, 'm')
    await refuses(t, await startApp(t, name, [], { env }), 1, said)
  }
})

closeTestnet()
