import os from 'bare-os'
import path from 'bare-path'
import { type Test, skip, test } from 'brittle'
import {
  type AppName,
  PRIVATE,
  acknowledged,
  areFolders,
  closeTestnet,
  command,
  homeEnv,
  tagged
} from '../helpers/app.ts'
import { Program } from '../helpers/program.ts'

const SCRIPT = path.join(import.meta.dirname, '..', 'helpers', 'clock-back.ts')

// the clock of an app is set from within its process, by a signal
const clockTest = areFolders && os.platform() !== 'win32' ? test : skip

clockTest('a clock that is set back drops no peer, and delays no line', async (t) => {
  const writer = await start(t, 'writer-app', ['--json'])
  const { key } = await tagged<{ key: string }>(writer, 'key')
  const reader = await start(t, 'reader-app', ['--raw', '--start', '0', key])
  await writer.write('before\n')
  await reader.stdout.line('before')

  for (const program of [writer, reader]) {
    program.signal('SIGCONT')
    await program.stderr.line('the clock was set back')
  }
  for (let length = 2; length < 20; length++) {
    await writer.write(`line ${length}\n`)
    await acknowledged(writer, length)
    await reader.stdout.line(`line ${length}`)
  }
  t.absent(/lost|dropped/.test(writer.stderr.text + reader.stderr.text), reader.story)
})

async function start(t: Test, name: AppName, flags: string[]): Promise<Program> {
  const [bare = '', app = ''] = command(name)
  return new Program(t, [bare, SCRIPT, app, ...flags, ...PRIVATE], { env: await homeEnv(t) })
}

closeTestnet()
