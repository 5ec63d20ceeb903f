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
} from '../helpers/app.ts'
import { MARK, MARKED } from '../helpers/marked.ts'
import { UNREACHED, npm, npmInstall } from '../helpers/npm.ts'
import { Program } from '../helpers/program.ts'

const APPS: AppName[] = ['writer-app', 'reader-app']

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'install-'))
const prefix = path.join(folder, 'prefix')
const fault = await install()
// the command is a script of the shell
const run = os.platform() === 'win32' || UNREACHED.test(fault) ? skip : test

run('the packages of both apps are installed into an empty prefix', (t) => {
  t.is(fault, '')
  for (const name of APPS) {
    const home = path.join(prefix, 'lib', 'node_modules', name)
    for (const file of ['README.md', 'LICENSE', `man/${name}.1`, `completions/${name}.bash`]) {
      t.ok(fs.existsSync(path.join(home, file)), `${name} has ${file}`)
    }
    t.absent(fs.existsSync(path.join(home, 'index.ts')), 'and none of its sources')
    const page = path.join(prefix, 'share', 'man', 'man1', `${name}.1`)
    t.ok(fs.existsSync(page), 'man finds its page')
  }
})

run('the installed commands exchange a line, and end by a signal with its code', async (t) => {
  const writer = await start(t, 'writer-app', ['--json', ...PRIVATE])
  const { key } = await tagged<{ key: string }>(writer, 'key')
  await writer.write('one\n')
  await acknowledged(writer, 1)
  const reader = await start(t, 'reader-app', ['--start', '0', ...PRIVATE, key])
  await reader.stdout.line('Block 0: one')
  t.is(await reader.stop('SIGINT'), 130)
  t.is(await writer.stop('SIGTERM'), 143)
})

run('an installed command says its version, and what is wrong with its arguments', async (t) => {
  for (const name of APPS) {
    const version = await start(t, name, ['--version'])
    t.is(await version.ending, 0)
    t.ok(version.stdout.text.startsWith(`${name} `))
    const wrong = await start(t, name, ['--nonsense'])
    t.is(await wrong.ending, 2)
    t.is(wrong.stderr.lines.length, 1)
  }
})

run('an installed command starts by way of links, and from its scripts', async (t) => {
  const link = path.join(await t.tmp(), 'link')
  fs.symlinkSync(path.join(prefix, 'bin', 'writer-app'), link)
  const script = path.join(prefix, 'lib', 'node_modules', 'writer-app', 'dist', 'app.cjs')
  fs.writeFileSync(script, MARKED)
  const program = new Program(t, [link, '--version'], { env: await homeEnv(t) })
  t.is(await program.ending, 0)
  t.is(program.stdout.text, MARK)
})

run('an installed command without its Bare says so in one line', async (t) => {
  const packages = path.join(prefix, 'lib', 'node_modules', 'reader-app', 'node_modules')
  const runtime = fs.readdirSync(packages).find((name) => String(name).startsWith('bare-runtime-'))
  fs.rmSync(path.join(packages, String(runtime)), { recursive: true })
  const program = await start(t, 'reader-app', ['--version'])
  t.is(await program.ending, 1)
  t.is(program.stderr.lines.length, 1)
  t.ok(program.stderr.text.startsWith('reader-app: no Bare'))
})

hook('teardown: the prefix', () => fs.rmSync(folder, { recursive: true }))

closeTestnet()

/** Packs both apps and installs the packages; says what failed. */
function install(): Promise<string> {
  fs.mkdirSync(prefix)
  const apps = APPS.map((name) => path.join(ROOT, name))
  npm(folder, 'pack', '--silent', ...apps)
  const packages = APPS.map((name) => {
    return path.join(folder, String(fs.readdirSync(folder).find((file) => isPackage(file, name))))
  })
  return npmInstall(folder, '--global', '--prefix', prefix, ...packages)
}

function isPackage(file: string, name: string): boolean {
  return file.startsWith(name) && file.endsWith('.tgz')
}

async function start(t: Test, name: AppName, args: string[]): Promise<Program> {
  const env = await homeEnv(t)
  return new Program(t, [path.join(prefix, 'bin', name), ...args], { env })
}
