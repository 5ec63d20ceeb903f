import os from 'bare-os'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import { ROOT, acknowledged, closeTestnet, startReader, tagged } from '../helpers/app.ts'
import { Program } from '../helpers/program.ts'
import { bootstrap } from '../helpers/testnet.ts'
import { untilBlock } from '../helpers/blocks.ts'
import { asInput, numbered } from '../helpers/numbered.ts'

const TOLD = /the writer rewound its log to block (\d+)/

test('a reader goes on where the writer has rewound to, and says so', async (t) => {
  const writer = await startRewinding(t)
  await writer.append(numbered(12))
  const reader = await startReader(t, writer.key, ['--start', '0'])
  await untilBlock(reader, 11)

  await writer.truncate(7)
  await writer.append(['new 7', 'new 8'])
  await untilBlock(reader, 8)
  t.is(TOLD.exec(await reader.stderr.line(TOLD))?.[1], '7')
  // twice, and to where there are more blocks than before
  await writer.truncate(8)
  await writer.append(['newer 8', ...numbered(10, 9)])
  await reader.stdout.line('Block 8: newer 8')
  await untilBlock(reader, 18)
  t.is(TOLD.exec(await reader.stderr.line(TOLD))?.[1], '8')
  t.alike(valuesOf(reader), [
    ...numbered(12).map((line, seq) => `${seq}: ${line}`),
    '7: new 7',
    '8: new 8',
    '8: newer 8',
    ...numbered(10, 9).map((line, i) => `${9 + i}: ${line}`)
  ])
})

test('a reader that was away while the writer rewound resumes where the new log differs', async (t) => {
  const writer = await startRewinding(t)
  await writer.append(numbered(12))
  const storage = await t.tmp()
  const flags = ['--start', '0', '--resume']
  const first = await startReader(t, writer.key, [...flags, '-n', '12'], { storage })
  t.is(await first.ending, 0)

  await writer.truncate(7)
  await writer.append(['new 7', 'new 8'])
  const second = await startReader(t, writer.key, flags, { storage })
  await untilBlock(second, 8)
  await writer.append(['new 9'])
  await untilBlock(second, 9)
  t.alike(valuesOf(second), ['7: new 7', '8: new 8', '9: new 9'])
  t.is(TOLD.exec(second.stderr.text)?.[1], '7')
})

test('a reader that ends before the rewound log grows again resumes there', async (t) => {
  const writer = await startRewinding(t)
  await writer.append(numbered(12))
  const storage = await t.tmp()
  const flags = ['--start', '0', '--resume']
  const first = await startReader(t, writer.key, flags, { storage })
  await untilBlock(first, 11)
  await writer.truncate(7)
  await first.stderr.line(TOLD)
  await first.stop()

  await writer.append(['new 7', 'new 8'])
  const second = await startReader(t, writer.key, flags, { storage })
  await untilBlock(second, 8)
  t.alike(valuesOf(second), ['7: new 7', '8: new 8'])
})

interface Rewinding {
  key: string
  append(lines: string[]): Promise<void>
  truncate(length: number): Promise<void>
}

async function startRewinding(t: Test): Promise<Rewinding> {
  const file = path.join(ROOT, 'test', 'replication', 'rewinding.ts')
  const program = new Program(t, [os.execPath(), file, await t.tmp(), bootstrap])
  const { key } = await tagged<{ key: string }>(program, 'key')
  let length = 0
  return {
    key,
    async append(lines) {
      length += lines.length
      await program.write(asInput(lines))
      await acknowledged(program, length)
    },
    async truncate(to) {
      length = to
      await program.write(`truncate ${to}\n`)
      await tagged(program, 'truncate')
    }
  }
}

/** `seq: value` of each block that `reader` has printed. */
function valuesOf({ stdout }: Program): string[] {
  return stdout.lines.flatMap((line) => (line.startsWith('Block ') ? [line.slice(6)] : []))
}

closeTestnet()
