import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { skip, test } from 'brittle'
import { unlessMissing } from '../../shared/errors.ts'
import {
  closeTestnet,
  homeEnv,
  refuses,
  startApp,
  startReader,
  startWriter
} from '../helpers/app.ts'

/** What may write anywhere can't be refused a folder. */
const almighty = os.platform() === 'win32' || os.userInfo().uid === 0

test('a folder that another process has locked is refused, by its name', async (t) => {
  const storage = await t.tmp()
  const writer = await startWriter(t, [], { storage })
  const second = await startApp(t, 'writer-app', [], { storage })
  await refuses(
    t,
    second,
    1,
    /^writer-app: .*writer-storage is in use by another process: stop that/
  )
  t.is(second.stdout.text, '')

  const reader = await startReader(t, writer.key, [], { storage })
  await reader.stdout.line('Skipping 0 earlier blocks...')
  await writer.append('a')
  await reader.stdout.line('Block 0: a')
})

const unlessAlmighty = almighty ? skip : test

unlessAlmighty('a folder that may not be written is refused', async (t) => {
  const storage = await t.tmp()
  fs.chmodSync(storage, 0o500)
  const writer = await startApp(t, 'writer-app', [], { storage })
  await refuses(t, writer, 1, /^writer-app: .* cannot be written \(EACCES\): choose a folder/)
  fs.chmodSync(storage, 0o700)
})

test('the folder that holds the secret key is for its owner alone', async (t) => {
  const storage = path.join(await t.tmp(), 'new')
  await startWriter(t, [], { storage })
  const { mode } = fs.statSync(path.join(storage, 'writer-storage'))
  t.is(mode & 0o077, 0)
})

test('without --storage the log is kept in the home of the user', async (t) => {
  const env = await homeEnv(t)
  const first = await startWriter(t, [], { env })
  await first.append('a')
  t.ok(hasFolder(env['HOME'] ?? '', 'writer-storage'))
  const reader = await startReader(t, first.key, ['--start', '0', '-n', '1'], { env })
  t.is(await reader.ending, 0)
  t.ok(hasFolder(env['HOME'] ?? '', 'reader-storage'))

  await first.program.stop()
  const second = await startWriter(t, [], { env })
  t.is(second.key, first.key)
})

function hasFolder(folder: string, name: string): boolean {
  return fs.readdirSync(folder).some((entry) => {
    const below = path.join(folder, String(entry))
    // a running app may delete a file
    const isFolder = unlessMissing(() => fs.statSync(below).isDirectory(), false)
    return isFolder && (entry === name || hasFolder(below, name))
  })
}

closeTestnet()
