import { test } from 'brittle'
import { closeTestnet, startApp, startReader, startWriter, tagged } from '../helpers/app.ts'

const LINES = ['one', 'two', 'three']
const RUNS = 1

/** Flags with which a reader leaves by itself once it has every line. */
const LEAVING = [
  ['--start', '0', '--no-follow'],
  ['--tail', '3', '-n', '3'],
  ['--resume', '--start', '0', '--no-follow']
]

for (const flags of LEAVING) {
  test(`a writer with -e ends with a reader that leaves by itself (${flags.join(' ')})`, async (t) => {
    for (let run = 0; run < RUNS; run++) {
      const writer = await startWriter(t, ['--exit-on-eof'])
      await writer.append(...LINES)
      writer.program.end()
      const reader = await startReader(t, writer.key, flags)
      t.is(await reader.ending, 0, 'the reader')
      t.is(await writer.program.ending, 0, 'the writer')
      t.alike(
        reader.stdout.lines.slice(1),
        LINES.map((line, seq) => `Block ${seq}: ${line}`)
      )
    }
  })
}

test('a reader that leaves without some blocks ends no writer with -e', async (t) => {
  const writer = await startApp(t, 'writer-app', ['--json', '-e', '--timeout', '5'])
  const { key } = await tagged<{ key: string }>(writer, 'key')
  writer.end(LINES.join('\n'))
  const reader = await startReader(t, key, ['--start', '1', '-n', '1'])
  t.is(await reader.ending, 0)
  t.is(await writer.ending, 3)
})

closeTestnet()
