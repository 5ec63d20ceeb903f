import b4a from 'b4a'
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Test, hook, skip, test as always } from 'brittle'
import { spawnSync } from 'bare-subprocess'
import reader from '../../../reader-app/package.json' with { type: 'json' }
import { makeExecutable } from '../../../scripts/make/executable.ts'
import { HERE } from '../../../scripts/make/hosts.ts'
import tools from '../../../scripts/make/package.json' with { type: 'json' }
import { unlessMissing } from '../../../shared/errors.ts'
import writer from '../../../writer-app/package.json' with { type: 'json' }
import {
  PRIVATE,
  ROOT,
  acknowledged,
  closeTestnet,
  homeEnv,
  refuses,
  tagged
} from '../../helpers/app.ts'
import { UNREACHED, npmInstall } from '../../helpers/npm.ts'
import { Program, type ProgramOptions } from '../../helpers/program.ts'

const fault = await installTools()
const test = UNREACHED.test(fault) ? skip : always
const out = fs.mkdtempSync(path.join(os.tmpdir(), 'executables-'))
const writerApp = fault === '' ? await makeExecutable(ROOT, writer, HERE, out) : fault
const readerApp = fault === '' ? await makeExecutable(ROOT, reader, HERE, out) : fault
const windows = os.platform() === 'win32'
/** Makes a command one of a user that the system does not know. */
const NOBODY = ['setpriv', '--reuid=54321', '--regid=54321', '--clear-groups', '--']
const onLinux = os.platform() === 'linux' ? test : skip
const withMounts = succeeds('unshare', '--mount', 'true') ? onLinux : skip
const asAnother = succeeds(...NOBODY, 'true') ? withMounts : skip

/** Installs what only `npm run make` needs, where it is not; says what failed. */
async function installTools(): Promise<string> {
  if (installedBuild() === tools.dependencies['bare-build']) return ''
  return await npmInstall(ROOT, '--prefix', 'scripts/make')
}

/** The version of bare-build that is installed for `npm run make`; null where there is none. */
function installedBuild(): string | null {
  const folder = path.join(ROOT, 'scripts', 'make', 'node_modules', 'bare-build')
  const read = (): string => String(fs.readFileSync(path.join(folder, 'package.json')))
  return unlessMissing(() => (JSON.parse(read()) as { version: string }).version, null)
}

function succeeds(...line: string[]): boolean {
  return !windows && spawnSync('sh', ['-c', '"$@"', 'sh', ...line]).status === 0
}

/** Starts an executable whose native addons go to the folder `temporary`, and little else is known. */
async function run(
  t: Test,
  executable: string,
  args: string[],
  { temporary, ...options }: { temporary: string } & ProgramOptions
): Promise<Program> {
  const env = { ...(await homeEnv(t)), PATH: '', TMPDIR: temporary, TEMP: temporary }
  return new Program(t, [executable, ...args], { ...options, env })
}

test('the executables of a writer and a reader need no Node, no Bare and no file', async (t) => {
  const temporary = await t.tmp()
  const cwd = await t.tmp()
  const storage = await t.tmp()
  const flags = ['--storage', storage, ...PRIVATE]
  const source = await run(t, writerApp, ['--json', ...flags], { temporary, cwd })
  const { key } = await tagged<{ key: string }>(source, 'key')
  await source.write('one\ntwo\n')
  await acknowledged(source, 2)

  const args = [key, '--start', '0', '--count', '2', ...flags]
  const sink = await run(t, readerApp, args, { temporary, cwd })
  await sink.stdout.line('Block 0: one')
  await sink.stdout.line('Block 1: two')
  t.is(await sink.ending, 0)
})

test('an executable says what is wrong with its arguments', async (t) => {
  const wrong = await run(t, readerApp, ['nonsense'], { temporary: await t.tmp() })
  t.is(await wrong.ending, 2)
  t.is(wrong.stderr.lines.length, 1)
})

test('an executable does not tell where it was built', (t) => {
  for (const file of [writerApp, readerApp]) {
    t.is(b4a.indexOf(fs.readFileSync(file) as Uint8Array, b4a.from(ROOT)), -1)
  }
})

test('an executable says its version, at a second start from the addons that the first unpacked', async (t) => {
  const temporary = await t.tmp()
  await (
    await run(t, writerApp, ['--version'], { temporary })
  ).ending
  const before = stamps(temporary)
  t.ok(before.length > 0, 'the first start unpacks them')

  const second = await run(t, writerApp, ['--version'], { temporary })
  t.is(await second.ending, 0)
  t.is(second.stdout.text, `writer-app ${writer.version}\n`)
  t.alike(stamps(temporary), before, 'the second leaves them alone')
})

test('three processes of one executable start at the same time', async (t) => {
  const temporary = await t.tmp()
  const starts = [1, 2, 3].map(() => run(t, writerApp, ['--version'], { temporary }))
  for (const program of await Promise.all(starts)) {
    t.is(await program.ending, 0, program.stderr.text)
  }
})

if (!windows) {
  test('an executable loads nothing from a folder that others can write to', async (t) => {
    const temporary = await t.tmp()
    await (
      await run(t, writerApp, ['--version'], { temporary })
    ).ending
    const folder = path.join(temporary, String(fs.readdirSync(temporary)[0]))
    t.is(fs.statSync(folder).mode & 0o777, 0o700, 'it makes one that is the user’s own')

    // root owns what it makes whatever the mode, so it gives the folder away
    if (os.userInfo().uid === 0) fs.chownSync(folder, 65534, 65534)
    else fs.chmodSync(folder, 0o777)
    const refused = await run(t, writerApp, ['--version'], { temporary })
    await refuses(t, refused, 1, new RegExp(`^writer-app: ${folder} is not yours: set TMPDIR`))
    t.is(refused.stdout.text, '')
  })
}

asAnother('an executable runs for a user that the system does not know', async (t) => {
  // the folders of a test are for its own user
  const place = 'mount -t tmpfs -o mode=777 tmpfs /mnt && cp "$0" /mnt/writer-app'
  const twice = 'export TMPDIR=/mnt HOME=/mnt && "$@" /mnt/writer-app -v && "$@" /mnt/writer-app -v'
  const line = ['unshare', '--mount', 'sh', '-c', `${place} && ${twice}`, writerApp, ...NOBODY]
  const program = new Program(t, line)
  t.is(await program.ending, 0, program.stderr.text)
  t.is(program.stdout.lines.length, 2)
})

onLinux('an executable names a library that the system lacks', async (t) => {
  const libraries = await t.tmp()
  fs.writeFileSync(path.join(libraries, 'libatomic.so.1'), '')
  const env = { LD_LIBRARY_PATH: libraries, TMPDIR: libraries }
  for (const executable of [writerApp, readerApp]) {
    const program = new Program(t, [executable], { env })
    await refuses(t, program, 1, /has no libatomic.so.1, .* apt-get install libatomic1$/m)
  }
})

withMounts('an executable says so where nothing that it unpacks may be run', async (t) => {
  const temporary = await t.tmp()
  const forbid = 'mount -t tmpfs -o noexec tmpfs "$TMPDIR" && exec "$@"'
  const line = ['unshare', '--mount', 'sh', '-c', forbid, 'sh', writerApp, '--version']
  const program = new Program(t, line, { env: { TMPDIR: temporary } })
  await refuses(t, program, 1, /^writer-app: .* may not be run, .* with TMPDIR on one$/m)
})

withMounts('an executable says so where there is no room for what it unpacks', async (t) => {
  const temporary = await t.tmp()
  const fill = 'mount -t tmpfs -o size=1m tmpfs "$TMPDIR" && exec "$@"'
  const line = ['unshare', '--mount', 'sh', '-c', fill, 'sh', writerApp, '--version']
  const program = new Program(t, line, { env: { TMPDIR: temporary } })
  await refuses(t, program, 1, /^writer-app: .*no space left.*: set TMPDIR/)
})

test('a platform that is unknown, or cannot be built for here, is refused in one line', async (t) => {
  const make = path.join(ROOT, 'scripts', 'make.ts')
  const unknown = new Program(t, [os.execPath(), make, '--host', 'plan9-x64'])
  t.is(await unknown.ending, 2)
  t.is(unknown.stderr.lines.length, 1)

  if (os.platform() === 'darwin') return
  const unsigned = new Program(t, [os.execPath(), make, '--host', 'darwin-arm64'])
  t.is(await unsigned.ending, 1)
  t.ok(unsigned.stderr.text.includes('on a Mac'))
})

hook('teardown: the executables', () => fs.rmSync(out, { recursive: true }))

closeTestnet()

/** What changes where a file is written or replaced, for every file below `folder`. */
function stamps(folder: string): string[] {
  return fs.readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, String(name))
    const { ino, mtimeMs } = fs.statSync(file)
    return fs.statSync(file).isDirectory() ? stamps(file) : [`${file} ${ino} ${mtimeMs}`]
  })
}
