// The scripts are for the shell, and for tail as GNU has it: it ends when its reader does.
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Test, skip, test } from 'brittle'
import {
  PRIVATE,
  ROOT,
  closeTestnet,
  command,
  homeEnv,
  startReader,
  startWriter,
  tagged
} from '../helpers/app.ts'
import { onLinux } from '../helpers/platform.ts'
import { Program } from '../helpers/program.ts'

const SYSTEMD = '/usr/bin/systemd-analyze'

onLinux('follow-log.sh broadcasts what a file gains, across its rotation', async (t) => {
  const folder = await t.tmp()
  const file = path.join(folder, 'app.log')
  fs.writeFileSync(file, 'long ago\nlast\n')
  // a signal has to find the writer
  const launcher = path.join(folder, 'writer.sh')
  const exec = `echo $$ > '${folder}/pid'\nexec ${command('writer-app').join(' ')} "$@"\n`
  fs.writeFileSync(launcher, `#!/bin/sh\n${exec}`, { mode: 0o755 })

  const follow = await script(t, 'follow-log.sh', [file, '--json', ...PRIVATE], {
    WRITER: launcher,
    PAST: '1'
  })
  const { key } = await tagged<{ key: string }>(follow, 'key')
  const reader = await startReader(t, key, ['--start', '0'])
  await reader.stdout.line('Block 0: last')

  fs.appendFileSync(file, 'one\n')
  await reader.stdout.line('Block 1: one')
  fs.renameSync(file, path.join(folder, 'app.log.1'))
  fs.writeFileSync(file, 'two\n')
  await reader.stdout.line('Block 2: two')

  os.kill(Number(String(fs.readFileSync(path.join(folder, 'pid')))), 'SIGTERM')
  t.is(await follow.ending, 143, 'it ends when the writer does')
})

onLinux('archive-log.sh adds to a file what came since its last run', async (t) => {
  const writer = await startWriter(t)
  await writer.append('one', 'two')
  const folder = await t.tmp()
  const file = path.join(folder, 'archive.log')
  const archive = async (): Promise<string> => {
    const flags = ['--storage', path.join(folder, 'copy'), ...PRIVATE]
    const once = await script(t, 'archive-log.sh', [writer.key, file, ...flags], {
      READER: command('reader-app').join(' ')
    })
    t.is(await once.ending, 0, once.stderr.text)
    return String(fs.readFileSync(file))
  }

  t.is(await archive(), 'one\ntwo\n')
  t.is(await archive(), 'one\ntwo\n')
  await writer.append('three')
  t.is(await archive(), 'one\ntwo\nthree\n')
})

const verified = fs.existsSync(SYSTEMD) ? test : skip
verified('systemd accepts the services', async (t) => {
  const home = await t.tmp()
  const bin = path.join(home, '.local', 'bin')
  fs.mkdirSync(bin, { recursive: true })
  for (const name of ['writer-app', 'reader-app', 'follow-log.sh']) {
    fs.writeFileSync(path.join(bin, name), '#!/bin/sh\n', { mode: 0o755 })
  }
  const units = { 'reader-app-seed@': 'key', 'writer-app-follow@': 'var-log-app.log' }
  for (const [unit, instance] of Object.entries(units)) {
    const file = path.join(home, `${unit}${instance}.service`)
    fs.copyFileSync(path.join(ROOT, 'ops', 'systemd', `${unit}.service`), file)
    const verify = new Program(t, [SYSTEMD, '--user', 'verify', file], {
      env: { HOME: home, XDG_RUNTIME_DIR: home }
    })
    t.is(await verify.ending, 0)
    t.is(verify.stderr.text, '')
  }
})

closeTestnet()

async function script(
  t: Test,
  name: string,
  args: string[],
  env: Record<string, string>
): Promise<Program> {
  const home = await homeEnv(t)
  return new Program(t, [path.join(ROOT, 'ops', name), ...args], { env: { ...home, ...env } })
}
