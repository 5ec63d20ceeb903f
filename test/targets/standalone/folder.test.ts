import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Test, hook, skip, test } from 'brittle'
import { spawnSync } from 'bare-subprocess'
import {
  type AppName,
  PRIVATE,
  ROOT,
  acknowledged,
  closeTestnet,
  homeEnv,
  tagged
} from '../../helpers/app.ts'
import { MARK, markedBundle } from '../../helpers/marked.ts'
import { NPM, UNREACHED, environment, registryAnswers } from '../../helpers/npm.ts'
import { Program } from '../../helpers/program.ts'
import { bootstrap } from '../../helpers/testnet.ts'

const RUN = path.join(ROOT, 'test', 'targets', 'pear', 'run.ts')

// without a registry, npm's cache may do
const source = (await registryAnswers()) ? '--prefer-offline' : '--offline'
const alone = fs.mkdtempSync(path.join(os.tmpdir(), 'alone-'))
const faults = [installAlone('writer-app'), installAlone('reader-app')].filter(
  (text) => text !== ''
)
const unreached = faults.length > 0 && faults.every((text) => UNREACHED.test(text))
const run = unreached ? skip : test

run('each app folder, copied out alone, is installed by npm', (t) => {
  t.alike(faults, [])
})

run('two app folders that were copied out alone run on the Bare that they bring', async (t) => {
  const writer = await start(t, bare('writer-app'), ['--json', ...PRIVATE])
  await exchange(t, writer, (key) => start(t, bare('reader-app'), [key, ...READ, ...PRIVATE]))
})

run('two app folders that were copied out alone run under Pear', async (t) => {
  const writer = await start(t, pear('writer-app'), ['--json', '--no-lan'])
  await exchange(t, writer, (key) => start(t, pear('reader-app'), [key, ...READ, '--no-lan']))
})

run('npm start runs an app folder that was copied out alone', async (t) => {
  for (const name of ['writer-app', 'reader-app'] as const) {
    const args = [...NPM, 'start', '--silent', '--', '--version']
    const program = new Program(t, args, { cwd: path.join(alone, name), env: environment() })
    t.is(await program.ending, 0)
    t.is(program.stdout.text.trim(), `${name} ${version(name)}`)
  }
})

run('an app folder starts from its bundle until another addon is installed', async (t) => {
  for (const name of ['writer-app', 'reader-app'] as const) {
    fs.writeFileSync(path.join(alone, name, 'dist', 'app.bundle'), markedBundle())
    const bundled = await start(t, bare(name), ['--version'])
    t.is(await bundled.ending, 0)
    t.is(bundled.stdout.text, MARK)

    const manifest = path.join(alone, name, 'node_modules', 'bare-dns', 'package.json')
    const text = String(fs.readFileSync(manifest))
    fs.writeFileSync(manifest, text.replace(/"version": ".*"/, '"version": "0.0.1"'))
    const plain = await start(t, bare(name), ['--version'])
    t.is(await plain.ending, 0)
    t.is(plain.stdout.text, `${name} ${version(name)}\n`)
  }
})

hook('teardown: the folders', () => fs.rmSync(alone, { recursive: true }))

closeTestnet()

const READ = ['--start', '0', '--count', '1']

async function exchange(
  t: Test,
  writer: Program,
  startReader: (key: string) => Promise<Program>
): Promise<void> {
  const { key } = await tagged<{ key: string }>(writer, 'key')
  await writer.write('one\n')
  await acknowledged(writer, 1)
  const reader = await startReader(key)
  await reader.stdout.line('Block 0: one')
  t.is(await reader.ending, 0)
}

/** Copies the folder of an app, without what was installed in it, and installs it; says what failed. */
function installAlone(name: AppName): string {
  const from = path.join(ROOT, name)
  const to = path.join(alone, name)
  copy(from, to)
  const flags = ['--no-audit', '--no-fund', source]
  const [file = '', ...args] = [...NPM, 'install', ...flags]
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: to, env: environment() })
  return status === 0 ? '' : `${name}: ${String(stdout)}${String(stderr)}`
}

function copy(from: string, to: string): void {
  fs.mkdirSync(to)
  for (const name of fs.readdirSync(from).map(String)) {
    const source = path.join(from, name)
    if (name === 'node_modules') continue
    if (fs.statSync(source).isDirectory()) copy(source, path.join(to, name))
    else fs.copyFileSync(source, path.join(to, name))
  }
}

function bare(name: AppName): string[] {
  const host = `${os.platform()}-${os.arch()}`
  const file = os.platform() === 'win32' ? 'bare.exe' : 'bare'
  const binary = path.join(alone, name, 'node_modules', `bare-runtime-${host}`, 'bin', file)
  // npm may have unpacked it without its run bit
  fs.chmodSync(binary, 0o755)
  return [binary, path.join(alone, name)]
}

function pear(name: AppName): string[] {
  return [os.execPath(), RUN, path.join(alone, name)]
}

async function start(t: Test, command: string[], args: string[]): Promise<Program> {
  const env = { ...(await homeEnv(t)), PEAR_STORE: await t.tmp(), PEAR_BOOTSTRAP: bootstrap }
  return new Program(t, [...command, ...args], { env })
}

function version(name: AppName): string {
  const pkg = JSON.parse(String(fs.readFileSync(path.join(alone, name, 'package.json')))) as {
    version: string
  }
  return pkg.version
}
