import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Test, hook, skip, test } from 'brittle'
import {
  type AppName,
  PRIVATE,
  ROOT,
  acknowledged,
  closeTestnet,
  homeEnv,
  tagged
} from '../../helpers/app.ts'
import { MARK, MARKED } from '../../helpers/marked.ts'
import { NPM, UNREACHED, environment, npmInstall } from '../../helpers/npm.ts'
import { Program } from '../../helpers/program.ts'
import { bootstrap } from '../../helpers/testnet.ts'
import { copyStaged, filesBelow } from './staged.ts'

const RUN = path.join(ROOT, 'test', 'targets', 'pear', 'run.ts')

const alone = fs.mkdtempSync(path.join(os.tmpdir(), 'alone-'))
const faults = [await installAlone('writer-app'), await installInside('reader-app')].filter(
  (text) => text !== ''
)
const unreached = faults.length > 0 && faults.every((text) => UNREACHED.test(text))
const run = unreached ? skip : test

run('npm installs an app folder that was copied out alone, and one inside a checkout', (t) => {
  t.alike(faults, [])
})

run('an app folder holds all that its app needs, wherever it is moved to', (t) => {
  for (const name of ['writer-app', 'reader-app'] as const) {
    const folder = path.join(alone, name)
    const place = fs.realpathSync(folder)
    const links = filesBelow(folder).filter((file) => {
      return !fs.realpathSync(path.join(folder, file)).startsWith(place)
    })
    t.alike(links, [], 'nothing in it lies elsewhere')
  }
})

run('two app folders that were copied out alone run on the Bare that they bring', async (t) => {
  const writer = await start(t, bare('writer-app'), ['--json', ...PRIVATE])
  await exchange(t, writer, (key) => start(t, bare('reader-app'), [key, ...READ, ...PRIVATE]))
})

run(
  'what pear stage shares of an app folder is enough to run it, and nothing private',
  async (t) => {
    const staged = await t.tmp()
    for (const name of ['writer-app', 'reader-app'] as const) {
      const app = path.join(alone, name)
      for (const file of ['.env', '.git/config', 'data/writer-storage.record']) {
        fs.mkdirSync(path.dirname(path.join(app, file)), { recursive: true })
        fs.writeFileSync(path.join(app, file), 'private')
      }
      const to = path.join(staged, name)
      copyStaged(app, to)
      t.alike(fs.readdirSync(to).map(String).sort(), ['dist', 'node_modules', 'package.json'])
      const useless =
        /\/prebuilds\/(?:android|ios)-|^node_modules\/(?:bare|bare-runtime.*)\/|\/\.bin\//
      t.alike(
        filesBelow(to).filter((file) => useless.test(file)),
        [],
        'no Bare, and nothing for telephones'
      )
    }
    const from = (name: AppName): string[] => [os.execPath(), RUN, path.join(staged, name)]
    const writer = await start(t, from('writer-app'), ['--json', '--no-lan'])
    await exchange(t, writer, (key) => start(t, from('reader-app'), [key, ...READ, '--no-lan']))
  }
)

run('npm start runs an app folder that was copied out alone', async (t) => {
  for (const name of ['writer-app', 'reader-app'] as const) {
    const args = [...NPM, 'start', '--silent', '--', '--version']
    const program = new Program(t, args, { cwd: path.join(alone, name), env: environment() })
    t.is(await program.ending, 0)
    t.is(program.stdout.text.trim(), `${name} ${version(name)}`)
  }
})

run('an app folder starts from its scripts until another addon is installed', async (t) => {
  for (const name of ['writer-app', 'reader-app'] as const) {
    fs.writeFileSync(path.join(alone, name, 'dist', 'app.cjs'), MARKED)
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

/** Copies the folder of an app out and installs it by itself; says what failed. */
function installAlone(name: AppName): Promise<string> {
  const to = path.join(alone, name)
  copy(path.join(ROOT, name), to)
  return install(to)
}

/** Installs the folder of an app by itself within a checkout, and takes it out; says what failed. */
async function installInside(name: AppName): Promise<string> {
  const checkout = path.join(alone, 'checkout')
  fs.mkdirSync(checkout)
  fs.copyFileSync(path.join(ROOT, 'package.json'), path.join(checkout, 'package.json'))
  copy(path.join(ROOT, name), path.join(checkout, name))
  const fault = await install(path.join(checkout, name), '--workspaces=false')
  fs.renameSync(path.join(checkout, name), path.join(alone, name))
  return fault
}

async function install(cwd: string, ...flags: string[]): Promise<string> {
  const fault = await npmInstall(cwd, ...flags)
  return fault === '' ? '' : `${path.basename(cwd)}: ${fault}`
}

/** Copies what is in an app's folder, without what was installed in it. */
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
