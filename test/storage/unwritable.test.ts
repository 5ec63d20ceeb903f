import b4a from 'b4a'
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { spawnSync } from 'bare-subprocess'
import { type Test, skip, test } from 'brittle'
import { Copy } from '../../shared/storage/copy.ts'
import { openWriter } from '../../shared/storage/open.ts'
import {
  type AppName,
  PRIVATE,
  closeTestnet,
  command,
  homeEnv,
  refuses,
  startApp
} from '../helpers/app.ts'
import { onLinux } from '../helpers/platform.ts'
import { Program } from '../helpers/program.ts'
import { numbered } from '../helpers/numbered.ts'
import { createDisk, diskTest } from './disk.ts'
import { copiedStorage } from '../helpers/grown.ts'

const KEY = 'ab'.repeat(32)
const APPS: [AppName, string[]][] = [
  ['writer-app', []],
  ['reader-app', [KEY]]
]
/** What each of them does with its folder before anything else. */
const OPENERS = [
  (storage: string) => openWriter(storage, { private: false }),
  (storage: string) => Copy.open(storage, b4a.from(KEY, 'hex'))
]
/** Makes a command one of a user that owns nothing. */
const STRANGER = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--']
const unlessDenied =
  os.platform() === 'linux' &&
  spawnSync('sh', ['-c', '"$@"', 'sh', ...STRANGER, os.execPath(), '--version']).status === 0
    ? test
    : skip
const UNWRITABLE =
  / cannot be written \((EACCES|EPERM|EROFS|ENOENT)\): choose a folder that is yours/

onLinux('a folder that the system lets nobody make cannot be written', async (t) => {
  await isRefused(t, ['/proc/x', '/proc/x/y', '/sys/x', '/sys/x/y'])
})

diskTest(
  'a disk that is mounted read-only cannot be written, with a store on it or without',
  async (t) => {
    const { writer, reader, key } = await copiedStorage(t, numbered(10))
    const disk = await createDisk(t, 64 * 1024 * 1024)
    const empty = path.join(disk.folder, 'empty')
    fs.mkdirSync(empty)
    disk.forbidWrites()
    await isRefused(t, [empty, path.join(disk.folder, 'new'), path.join(empty, 'a', 'b')])
    for (const [app, storage, args] of [
      ['writer-app', writer, []],
      ['reader-app', reader, [key]]
    ] as const) {
      const program = await startReadOnly(t, app, storage, [...args])
      await refuses(t, program, 1, UNWRITABLE)
    }
  }
)

diskTest('what is on a disk that is mounted read-only is shown', async (t) => {
  const { writer, reader, key } = await copiedStorage(t, numbered(10))
  for (const [app, storage] of [
    ['writer-app', writer],
    ['reader-app', reader]
  ] as const) {
    const program = await startReadOnly(t, app, storage, ['--list'])
    t.is(await program.ending, 0, program.stderr.text)
    t.ok(program.stdout.lines[1]?.startsWith(key), program.stdout.text)
  }
})

unlessDenied('a folder of another user cannot be written', async (t) => {
  const folder = await t.tmp()
  fs.chmodSync(folder, 0o755)
  for (const [app, args] of APPS) {
    for (const storage of [folder, path.join(folder, 'a', 'b')]) {
      const line = [...STRANGER, ...command(app), ...args, '--storage', storage, ...PRIVATE]
      const program = new Program(t, line, { env: await homeEnv(t) })
      await refuses(t, program, 1, UNWRITABLE)
    }
  }
  t.alike(fs.readdirSync(folder), [])
})

/** Nothing can be kept in any of `folders`: the apps say so of the first. */
async function isRefused(t: Test, folders: string[]): Promise<void> {
  for (const open of OPENERS) {
    for (const storage of folders) await t.exception(open(storage), UNWRITABLE, storage)
  }
  for (const [app, args] of APPS) {
    const program = await startApp(t, app, args, { storage: folders[0] ?? '' })
    await refuses(t, program, 1, UNWRITABLE)
  }
}

/** Starts `app` where `storage` alone is mounted read-only. */
async function startReadOnly(
  t: Test,
  app: AppName,
  storage: string,
  args: string[]
): Promise<Program> {
  const script =
    'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@" --storage "$0"'
  const line = [...command(app), ...args, ...PRIVATE]
  return new Program(t, ['unshare', '-m', 'sh', '-c', script, storage, ...line], {
    env: await homeEnv(t)
  })
}

closeTestnet()
