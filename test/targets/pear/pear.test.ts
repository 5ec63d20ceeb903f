import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import { ROOT, acknowledged, closeTestnet, homeEnv, tagged } from '../../helpers/app.ts'
import { Program } from '../../helpers/program.ts'
import { bootstrap } from '../../helpers/testnet.ts'
import { onPosix } from '../../helpers/platform.ts'

const RUN = path.join(import.meta.dirname, 'run.ts')

interface PearApp {
  program: Program
  store: string
  home: string
}

/** Runs the app in the folder `app` under the global of Pear 2, which tells it of the private DHT. */
async function pearRun(
  t: Test,
  app: string,
  args: string[],
  given: { store?: string } = {}
): Promise<PearApp> {
  const store = given.store ?? (await t.tmp())
  const env = await homeEnv(t)
  const program = new Program(t, [os.execPath(), RUN, path.join(ROOT, app), ...args], {
    env: { ...env, PEAR_STORE: store, PEAR_BOOTSTRAP: bootstrap }
  })
  return { program, store, home: env['HOME'] ?? '' }
}

test('under Pear, storage, arguments and DHT nodes are those that Pear says', async (t) => {
  const writer = await pearRun(t, 'writer-app', ['--json', '--no-lan'])
  const { key } = await tagged<{ key: string }>(writer.program, 'key')
  await writer.program.write('one\ntwo\n')
  await acknowledged(writer.program, 2)

  const reader = await pearRun(t, 'reader-app', ['--start', '0', '--count', '2', '--no-lan', key])
  await reader.program.stdout.line('Block 0: one')
  await reader.program.stdout.line('Block 1: two')
  t.is(await reader.program.ending, 0)

  t.ok(fs.existsSync(path.join(writer.store, 'writer-storage')), 'the log is in Pear’s storage')
  t.ok(fs.existsSync(path.join(reader.store, 'reader-storage')), 'so is the copy')
  t.alike(fs.readdirSync(writer.home), [], 'and nothing is anywhere else')
  t.alike(fs.readdirSync(reader.home), [])
})

test('under Pear, --storage still says where the log is kept', async (t) => {
  const storage = await t.tmp()
  const writer = await pearRun(t, 'writer-app', ['--json', '--no-lan', '--storage', storage])
  await tagged(writer.program, 'key')
  t.ok(fs.existsSync(path.join(storage, 'writer-storage')))
  t.alike(fs.readdirSync(writer.store), [])
})

test('under Pear, a wrong argument is one line and exit code 2', async (t) => {
  const { program } = await pearRun(t, 'reader-app', ['--no-lan', 'nonsense'])
  t.is(await program.ending, 2)
  t.is(program.stderr.lines.length, 1)
  t.ok(program.stderr.text.startsWith('reader-app: '))
})

const SIGNALS = [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143]
] as const

onPosix('under Pear, a signal or a shutdown closes the log, and nothing is reported', async (t) => {
  const store = await t.tmp()
  const keys = new Set<string>()
  // SIGUSR2 stands in for `pear shutdown`
  for (const [i, [signal, code]] of [...SIGNALS, ['SIGUSR2', 0] as const].entries()) {
    const { program } = await pearRun(t, 'writer-app', ['--json', '-q', '--no-lan'], { store })
    keys.add((await tagged<{ key: string }>(program, 'key')).key)
    await program.write(`${signal}\n`)
    await acknowledged(program, i + 1)
    t.is(await program.stop(signal), code, signal)
    t.is(program.stderr.text, '')
  }
  const { program } = await pearRun(t, 'writer-app', ['--json', '--no-lan'], { store })
  keys.add((await tagged<{ key: string }>(program, 'key')).key)
  t.is(keys.size, 1)
})

for (const [signal, code] of SIGNALS) {
  onPosix(`under Pear, ${signal} waits for a close that takes its time`, async (t) => {
    const { program } = await pearRun(t, 'test/targets/pear/slow-close', [])
    await program.stdout.line('open')
    t.is(await program.stop(signal), code)
    t.alike(program.stdout.lines, ['open', 'closing', 'closed'])
  })
}

onPosix('when Pear shuts an app down, it closes once and ends', async (t) => {
  const { program } = await pearRun(t, 'test/targets/pear/slow-close', [])
  await program.stdout.line('open')
  os.kill(program.pid, 'SIGUSR2')
  t.is(await program.ending, 0)
  t.alike(program.stdout.lines, ['open', 'closing', 'closed'])
})

test('under Pear, an app that is done by itself closes before it ends', async (t) => {
  const { program } = await pearRun(t, 'test/targets/pear/slow-close', ['--stop'])
  t.is(await program.ending, 0)
  t.alike(program.stdout.lines, ['open', 'closing', 'closed'])
})

closeTestnet()
