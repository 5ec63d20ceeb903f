import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { spawnSync } from 'bare-subprocess'
import { type Test, skip, test } from 'brittle'
import {
  PRIVATE,
  type AppName,
  closeTestnet,
  command,
  refuses,
  startApp,
  startReader,
  startWriter,
  tagged
} from '../helpers/app.ts'
import { Program } from '../helpers/program.ts'
import { numbered } from '../helpers/numbered.ts'
import { SST, readerDb, writerDb } from '../helpers/store.ts'
import { storedLog } from '../helpers/stored.ts'
import { writtenStorage } from '../helpers/grown.ts'
import { onPosix } from '../helpers/platform.ts'

const APPS: [AppName, string[]][] = [
  ['writer-app', []],
  ['reader-app', ['a'.repeat(64)]]
]
/** Has a command find that all watches of folders are taken. */
const UNWATCHED = [
  ...['unshare', '--user', '--map-root-user', 'sh', '-c'],
  ...['echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"', 'sh']
]
const withoutWatches =
  os.platform() === 'linux' && spawnSync('unshare', [...UNWATCHED.slice(1), 'true']).status === 0
    ? test
    : skip

test('a folder with other files is refused, and stays as it was', async (t) => {
  for (const [app, args] of APPS) {
    const folder = await t.tmp()
    fs.writeFileSync(path.join(folder, 'thesis.txt'), 'years of work')
    fs.mkdirSync(path.join(folder, 'photos'))
    const before = everything(folder)
    const program = await startApp(t, app, args, { storage: folder })
    await refuses(
      t,
      program,
      1,
      /holds files that are not ours \((photos|thesis).*\): choose an empty/
    )
    t.alike(everything(folder), before)
  }
})

test('a store with other files is refused, and stays as it was', async (t) => {
  const inner = [
    'writer-storage',
    `reader-storage/${path.basename(path.dirname(readerDb('', 'a'.repeat(64))))}`
  ]
  for (const [i, [app, args]] of APPS.entries()) {
    const folder = await t.tmp()
    const store = path.join(folder, inner[i] ?? '')
    fs.mkdirSync(store, { recursive: true })
    fs.writeFileSync(path.join(store, 'thesis.txt'), 'years of work')
    const before = everything(folder)
    const program = await startApp(t, app, args, { storage: folder })
    await refuses(t, program, 1, /holds files that are not ours .*: choose an empty folder/)
    t.alike(everything(folder), before)
  }
})

test('a file in the place of the folder is refused', async (t) => {
  for (const [app, args] of APPS) {
    const file = path.join(await t.tmp(), 'file')
    fs.writeFileSync(file, 'years of work')
    const program = await startApp(t, app, args, { storage: file })
    await refuses(t, program, 1, /cannot be written \(ENOTDIR\): choose a folder that is yours/)
    t.is(String(fs.readFileSync(file)), 'years of work')
  }
})

onPosix('under any umask the owner alone gets at what is stored', async (t) => {
  const storage = path.join(await t.tmp(), 'new')
  const writer = withoutUmask(t, 'writer-app', ['--json'], storage)
  const { key } = await tagged<{ key: string }>(writer, 'key')
  const reader = withoutUmask(t, 'reader-app', [key, '--start', '0'], storage)
  await writer.write('private\n')
  await reader.stdout.line('Block 0: private')
  await writer.stop()
  await reader.stop()
  // opened again, the stores make more files
  const again = withoutUmask(t, 'writer-app', ['--json'], storage)
  await tagged(again, 'key')
  await again.stop()
  t.alike(lax(storage), [], 'not even a name can be read')
  t.ok(fs.readdirSync(writerDb(storage)).some((name) => SST.test(name)))
})

withoutWatches('where no watch of a folder is left the apps run all the same', async (t) => {
  const storage = path.join(await t.tmp(), 'new')
  const start = (app: AppName, args: string[]): Program => {
    return new Program(t, [...UNWATCHED, ...command(app), ...args, '-s', storage, ...PRIVATE])
  }
  const writer = start('writer-app', ['--json'])
  const { key } = await tagged<{ key: string }>(writer, 'key')
  const reader = start('reader-app', [key, '--start', '0'])
  await writer.write('one\n')
  await reader.stdout.line('Block 0: one')
  for (const place of [writerDb(storage), readerDb(storage, key)]) {
    t.is(fs.statSync(path.dirname(place)).mode & 0o077, 0, 'no other user gets into the store')
  }
  t.is(await reader.stop('SIGTERM'), 143)
  t.is(await writer.stop('SIGTERM'), 143)
})

test("a reader that is given the writer's folder can't write to the writer's log", async (t) => {
  const lines = numbered(10)
  const { storage, key } = await writtenStorage(t, lines)
  const reader = await startReader(t, key, ['--no-follow', '--timeout', '0'], { storage })
  await reader.ending
  t.alike(await storedLog(storage), { key, lines })

  // even in the place of its own copy, the log stays as it was
  const own = await t.tmp()
  const place = path.dirname(readerDb(own, key))
  fs.mkdirSync(path.dirname(place), { recursive: true })
  fs.renameSync(path.join(storage, 'writer-storage'), place)
  const inPlace = await startReader(t, key, ['--start', '0', '--raw', '-n', '10'], {
    storage: own
  })
  inPlace.end('not a line of the writer\n')
  t.is(await inPlace.ending, 0)
  t.alike(inPlace.stdout.lines, lines, 'it is read')
  fs.renameSync(place, path.join(storage, 'writer-storage'))
  t.alike(await storedLog(storage), { key, lines }, 'and not written')
})

test('a store that was copied is refused, since two writers would fork the log, until that is said to be none', async (t) => {
  const lines = numbered(10)
  const { storage, key } = await writtenStorage(t, lines)
  const copy = await t.tmp()
  copyTree(storage, copy)
  const writer = await startApp(t, 'writer-app', [], { storage: copy })
  const reason = /was copied or moved from elsewhere: .* for good, delete (.*)$/m
  await refuses(t, writer, 1, reason)

  fs.rmSync(path.join(storage, 'writer-storage'), { recursive: true })
  fs.unlinkSync(reason.exec(writer.stderr.text)?.[1] ?? '')
  const again = await startWriter(t, [], { storage: copy, length: lines.length })
  t.is(again.key, key)
  await again.append('goes on')
  await again.program.stop()
  t.alike(await storedLog(copy), { key, lines: [...lines, 'goes on'] })
})

/** Starts an app under a umask that denies nothing, in a folder that it has to make itself. */
function withoutUmask(t: Test, app: AppName, args: string[], storage: string): Program {
  const line = [...command(app), ...args, '--storage', storage, ...PRIVATE]
  return new Program(t, ['/bin/sh', '-c', 'umask 0; exec "$@"', 'sh', ...line])
}

/** The paths below `folder`, and itself, that somebody else may read or write. */
function lax(folder: string): string[] {
  return [folder, ...everything(folder).map(({ at }) => at)].filter((at) => {
    return (fs.statSync(at).mode & 0o077) !== 0
  })
}

function everything(folder: string): { at: string; content: string }[] {
  return fs.readdirSync(folder).flatMap((name) => {
    const at = path.join(folder, name)
    if (fs.statSync(at).isDirectory()) return [{ at, content: '' }, ...everything(at)]
    return [{ at, content: String(fs.readFileSync(at, 'hex')) }]
  })
}

function copyTree(from: string, to: string): void {
  for (const name of fs.readdirSync(from)) {
    const [source, target] = [path.join(from, name), path.join(to, name)]
    if (fs.statSync(source).isDirectory()) {
      fs.mkdirSync(target)
      copyTree(source, target)
    } else fs.copyFileSync(source, target)
  }
}

closeTestnet()
