import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { spawnSync } from 'bare-subprocess'
import { type Test, skip, test } from 'brittle'
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
import { copiedStorage } from '../helpers/store.ts'
import { createDisk, diskTest } from './disk.ts'

const KEY = 'ab'.repeat(32)
const APPS: [AppName, string[]][] = [
  ['writer-app', []],
  ['reader-app', [KEY]]
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
  for (const storage of ['/proc/x', '/proc/x/y', '/sys/x', '/sys/x/y']) {
    for (const [app, args] of APPS) {
      const program = await startApp(t, app, args, { storage })
      await refuses(t, program, 1, UNWRITABLE)
    }
  }
})

diskTest(
  'a disk that is mounted read-only cannot be written, with a store on it or without',
  async (t) => {
    const { writer, reader, key } = await copiedStorage(t, numbered(10))
    const disk = await createDisk(t, 64 * 1024 * 1024)
    const empty = path.join(disk.folder, 'empty')
    fs.mkdirSync(empty)
    disk.forbidWrites()
    for (const [app, args] of APPS) {
      for (const storage of [empty, path.join(disk.folder, 'new'), path.join(empty, 'a', 'b')]) {
        const program = await startApp(t, app, args, { storage })
        await refuses(t, program, 1, UNWRITABLE)
      }
    }
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
