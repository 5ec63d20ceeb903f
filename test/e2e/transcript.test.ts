import { skip, test } from 'brittle'
import {
  type AppName,
  PRIVATE,
  areFolders,
  closeTestnet,
  command,
  homeEnv,
  startApp,
  startReader
} from '../helpers/app.ts'
import { Program } from '../helpers/program.ts'

test('the two terminals show what the guide shows', async (t) => {
  const writer = await startApp(t, 'writer-app', [])
  const line = await writer.stdout.line(/./)
  t.ok(/^hypercore key: [0-9a-f]{64}$/.test(line), 'the writer prints its key')

  const reader = await startReader(t, line.slice(-64))
  await reader.stdout.line('Skipping 0 earlier blocks...')
  await writer.write('hello\n')
  await reader.stdout.line('Block 0: hello')
  await writer.write('world\n\n')
  await reader.stdout.line('Block 2: ')

  t.is(writer.stdout.text, line + '\n', 'the writer prints nothing else')
  t.is(
    reader.stdout.text,
    'Skipping 0 earlier blocks...\nBlock 0: hello\nBlock 1: world\nBlock 2: \n'
  )
  t.alike(reader.events, [], 'without --json nothing is told as an event')
})

const ofFolders = areFolders ? test : skip

ofFolders('from within its own folder an app is `bare .`', async (t) => {
  const env = await homeEnv(t)
  const start = (name: AppName, flags: string[]): Program => {
    const [bare = '', cwd = ''] = command(name)
    return new Program(t, [bare, '.', ...flags, ...PRIVATE], { env, cwd })
  }
  const writer = start('writer-app', [])
  const key = (await writer.stdout.line(/^hypercore key: /)).slice(-64)
  const reader = start('reader-app', [key])
  await reader.stdout.line('Skipping 0 earlier blocks...')
  await writer.write('hello\n')
  await reader.stdout.line('Block 0: hello')
})

closeTestnet()
