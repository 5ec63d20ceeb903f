import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import { type AppName, PRIVATE, ROOT, closeTestnet, homeEnv, refuses } from '../helpers/app.ts'
import { MARK, MARKED } from '../helpers/marked.ts'
import { onLinux } from '../helpers/platform.ts'
import { Program } from '../helpers/program.ts'

const RUN = path.join(ROOT, 'test', 'targets', 'pear', 'run.ts')

/** How an app ended, and what it printed. */
interface Run {
  code: number | string
  stdout: string
  stderr: string
}

test('the scripts of an app and its plain modules say the same, and end with the same codes', async (t) => {
  for (const name of ['writer-app', 'reader-app'] as const) {
    const bundled = await copyOf(t, name)
    const plain = await copyOf(t, name)
    fs.unlinkSync(path.join(plain, 'dist', 'app.cjs'))
    for (const args of [['--version'], ['--nonsense']]) {
      t.alike(await run(t, bundled, args), await run(t, plain, args), `${name} ${args.join(' ')}`)
    }
  }
})

test('a writer and a reader behave the same from their scripts and as plain modules', async (t) => {
  const transcripts: unknown[] = []
  for (const isPlain of [false, true]) {
    const [writerApp, readerApp] = [await copyOf(t, 'writer-app'), await copyOf(t, 'reader-app')]
    for (const app of isPlain ? [writerApp, readerApp] : []) {
      fs.unlinkSync(path.join(app, 'dist', 'app.cjs'))
    }
    const writer = start(t, writerApp, [...PRIVATE, '--storage', await t.tmp()])
    const key = (await writer.stdout.line(/^hypercore key: /)).slice(-64)
    await writer.write('one\ntwo\n')
    const flags = [...PRIVATE, '--storage', await t.tmp()]
    const reader = start(t, readerApp, ['--start', '0', ...flags, key])
    await reader.stdout.line('Block 1: two')
    transcripts.push([
      await reader.stop('SIGINT'),
      reader.stdout.text,
      await writer.stop('SIGTERM'),
      writer.stdout.text.replace(key, 'KEY')
    ])
  }
  t.alike(transcripts[0], transcripts[1])
})

test('an app starts from its scripts where these fit, and from its modules where not', async (t) => {
  for (const name of ['writer-app', 'reader-app'] as const) {
    const app = await copyOf(t, name)
    const dist = path.join(app, 'dist')
    const addons = path.join(dist, 'addons.json')
    const versions = JSON.parse(String(fs.readFileSync(addons))) as Record<string, string>
    fs.writeFileSync(path.join(dist, 'app.cjs'), MARKED)
    t.is((await run(t, app, ['--version'])).stdout, MARK)

    // what these say is compared above
    fs.writeFileSync(path.join(dist, name, 'index.js'), "console.log('started from the modules')")
    const started = { code: 0, stdout: 'started from the modules\n', stderr: '' }
    for (const [what, changed] of [
      ['an addon is installed in another version', { ...versions, 'rocksdb-native': '0.0.1' }],
      ['an addon is not installed', { ...versions, 'no-such-addon': '1.0.0' }],
      ['the first of them is not', { 'no-such-addon': '1.0.0', ...versions }],
      ['none is named', {}]
    ] as const) {
      fs.writeFileSync(addons, JSON.stringify(changed))
      t.alike(await run(t, app, ['--version']), started, what)
    }
    fs.writeFileSync(addons, JSON.stringify(versions))
    for (const name of ['addons.json', 'app.cjs', 'later.cjs']) {
      const file = path.join(dist, name)
      const text = fs.readFileSync(file)
      fs.unlinkSync(file)
      t.alike(await run(t, app, ['--version']), started, `${name} is missing`)
      fs.writeFileSync(file, text)
    }
  }
})

test('under Pear, which knows of no addon but those that modules name, the modules start', async (t) => {
  for (const name of ['writer-app', 'reader-app'] as const) {
    const app = await copyOf(t, name)
    fs.writeFileSync(path.join(app, 'dist', 'app.cjs'), MARKED)
    const program = new Program(t, [os.execPath(), RUN, app, '--version'], {
      env: { ...(await homeEnv(t)), PEAR_STORE: await t.tmp() }
    })
    t.is(await program.ending, 0)
    t.is(program.stdout.text, `${name} ${versionOf(app)}\n`)
  }
})

test('a storage in the folder of the app itself is kept, with a warning', async (t) => {
  const bundled = await copyOf(t, 'writer-app')
  const plain = await copyOf(t, 'writer-app')
  fs.unlinkSync(path.join(plain, 'dist', 'app.cjs'))
  for (const [app, ...command] of [[bundled], [plain], [plain, RUN]] as const) {
    const run = async (storage: string): Promise<Program> => {
      const line = [os.execPath(), ...command, app, '--storage', storage, ...PRIVATE]
      const env = { ...(await homeEnv(t)), PEAR_STORE: await t.tmp() }
      const writer = new Program(t, line, { env })
      await writer.stdout.line(/^hypercore key: /)
      return writer
    }
    const inside = await run(path.join(app, 'data'))
    await inside.stderr.line(/^writer-app: this storage lies in the folder of the app/)
    t.is(await inside.stop(), 143)
    const beside = await run(`${app}-data`)
    t.is(await beside.stop(), 143)
    t.absent(beside.stderr.text.includes('lies in'))
  }
})

onLinux('a library that the system lacks is named by the plain modules as well', async (t) => {
  const libraries = await t.tmp()
  fs.writeFileSync(path.join(libraries, 'libatomic.so.1'), '')
  for (const name of ['writer-app', 'reader-app'] as const) {
    const app = await copyOf(t, name)
    fs.unlinkSync(path.join(app, 'dist', 'app.cjs'))
    const program = start(t, app, [], { LD_LIBRARY_PATH: libraries })
    await refuses(t, program, 1, /has no libatomic.so.1, .* apt-get install libatomic1$/m)
  }
})

test('the scripts name every package with an addon that the app loads, as it is installed', (t) => {
  for (const name of ['writer-app', 'reader-app']) {
    const file = path.join(ROOT, name, 'dist', 'addons.json')
    const versions = JSON.parse(String(fs.readFileSync(file))) as Record<string, string>
    t.ok('rocksdb-native' in versions && 'udx-native' in versions)
    for (const [addon, version] of Object.entries(versions)) {
      t.is(versionOf(path.join(ROOT, 'node_modules', addon)), version, addon)
    }
  }
})

test('the scripts are ASCII, which takes V8 half of the memory, and the least time to read', (t) => {
  for (const app of ['writer-app', 'reader-app']) {
    for (const name of ['app.cjs', 'later.cjs']) {
      const text = String(fs.readFileSync(path.join(ROOT, app, 'dist', name)))
      t.absent(/[^\0-\x7f]/.test(text), `${app} ${name}`)
    }
  }
})

closeTestnet()

/** A copy of the built folder of an app, beside the packages that are installed here. */
async function copyOf(t: Test, name: AppName): Promise<string> {
  const folder = await t.tmp()
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction')
  const app = path.join(folder, name)
  copy(path.join(ROOT, name, 'dist'), path.join(app, 'dist'))
  fs.copyFileSync(path.join(ROOT, name, 'package.json'), path.join(app, 'package.json'))
  return app
}

function copy(from: string, to: string): void {
  fs.mkdirSync(to, { recursive: true })
  for (const name of fs.readdirSync(from).map(String)) {
    const [source, target] = [path.join(from, name), path.join(to, name)]
    if (fs.statSync(source).isDirectory()) copy(source, target)
    else fs.copyFileSync(source, target)
  }
}

function start(t: Test, app: string, args: string[], env: Record<string, string> = {}): Program {
  return new Program(t, [os.execPath(), app, ...args], { env })
}

async function run(t: Test, app: string, args: string[]): Promise<Run> {
  const program = start(t, app, args, await homeEnv(t))
  const code = await program.ending
  return { code, stdout: program.stdout.text, stderr: program.stderr.text }
}

function versionOf(folder: string): string {
  const pkg = JSON.parse(String(fs.readFileSync(path.join(folder, 'package.json'))))
  return (pkg as { version: string }).version
}
