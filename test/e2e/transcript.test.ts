import { test } from 'brittle'
import { closeTestnet, startApp, startReader, startWriter } from '../helpers/app.ts'

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
})

test('the writer has the same key at every start on the same storage', async (t) => {
  const storage = await t.tmp()
  const first = await startWriter(t, [], { storage })
  await first.append('one')
  first.program.signal('SIGTERM')
  await first.program.ending

  const second = await startWriter(t, [], { storage, length: 1 })
  t.is(second.key, first.key)
  await second.append('two')

  const other = await startWriter(t)
  t.not(other.key, first.key, 'another storage folder holds another log')
})

closeTestnet()
