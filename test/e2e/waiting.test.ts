import { test } from 'brittle'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { numbered } from '../helpers/numbered.ts'
import { writtenStorage } from '../helpers/grown.ts'

const OLD = numbered(50)

test('a reader that waited for its writer skips what was there, and prints what was typed meanwhile', async (t) => {
  const { storage, key } = await writtenStorage(t, OLD)
  const reader = await startReader(t, key, ['--raw'])
  // longer than it takes to find out that nobody is there
  await reader.stderr.line(/no peer yet/)
  const two = await startReader(t, key, ['--tail', '2'])
  await two.stderr.line(/connected to a reader/)
  const writer = await startWriter(t, [], { storage, length: OLD.length })
  await writer.append('typed while they were on their way')
  await reader.stdout.line('typed while they were on their way')
  await reader.stderr.line('Skipping 50 earlier blocks...')
  await two.stdout.line('Block 50: typed while they were on their way')
  t.is(two.stdout.lines[0], 'Skipping 48 earlier blocks...')
  t.is(two.stdout.lines[1], `Block 48: ${OLD[48]}`)
  await writer.append('after')
  await reader.stdout.line('after')
  t.is(reader.stdout.lines.length, 2)
})

test('and so does one that is told by another reader alone', async (t) => {
  const { storage, key } = await writtenStorage(t, OLD)
  const writer = await startWriter(t, [], { storage, length: OLD.length })
  const relay = await startReader(t, key, ['--start', '0', '--raw'])
  await relay.stdout.line(OLD.at(-1) ?? '')
  await writer.append('while it is there')
  await relay.stdout.line('while it is there')
  await writer.program.stop()

  const reader = await startReader(t, key, ['--json'])
  await reader.stderr.line(/"skip","data":\{"blocks":51[,}]/)
  t.is(reader.stdout.text, '')
})

closeTestnet()
