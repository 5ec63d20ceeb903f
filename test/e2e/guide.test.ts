import path from 'bare-path'
import os from 'bare-os'
import { type Test, test } from 'brittle'
import { ROOT, closeTestnet, startReader, startWriter, tagged } from '../helpers/app.ts'
import { Program } from '../helpers/program.ts'
import { bootstrap } from '../helpers/testnet.ts'
import { printsExactly, untilBlock } from '../helpers/blocks.ts'
import { asInput, numbered } from '../helpers/numbered.ts'

const COUNT = 3000
const LINES = numbered(COUNT)

test('the guide’s writer is read, the past and live', async (t) => {
  const writer = await startGuideWriter(t)
  await writer.program.write(asInput(LINES))
  const reader = await startReader(t, writer.key, ['--start', '0'])
  await untilBlock(reader, COUNT - 1)
  await writer.program.write(asInput(numbered(1, COUNT)))
  await untilBlock(reader, COUNT)
  printsExactly(t, reader, numbered(COUNT + 1))
})

test('the guide’s reader reads our writer, the past and live', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...LINES)
  const reader = await startGuideReader(t, writer.key, COUNT + 1)
  await reader.stdout.line(LINES.at(-1) ?? '')
  await writer.append(...numbered(1, COUNT))
  t.is(await reader.ending, 0)
  t.alike(reader.stdout.lines, numbered(COUNT + 1))
})

test('the guide’s readers and ours share a writer, and what it left when it has gone', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...LINES)
  const guide = await startGuideReader(t, writer.key, Infinity)
  const ours = await startReader(t, writer.key, ['--start', '0'])
  await guide.stdout.line(LINES.at(-1) ?? '')
  await untilBlock(ours, COUNT - 1)
  const live = numbered(1, COUNT)
  await writer.append(...live)
  await guide.stdout.line(live[0] ?? '')
  await untilBlock(ours, COUNT)
  await writer.program.kill()

  // now there is nobody who speaks the feed
  await ours.kill()
  const late = await startReader(t, writer.key, ['--start', '0', '-n', String(COUNT + 1)])
  t.is(await late.ending, 0)
  for (const reader of [ours, late]) printsExactly(t, reader, numbered(COUNT + 1))
  t.alike(guide.stdout.lines, numbered(COUNT + 1))
})

async function startGuideWriter(t: Test): Promise<{ program: Program; key: string }> {
  const program = await baseline(t, 'writer', [])
  return { program, ...(await tagged<{ key: string }>(program, 'key')) }
}

function startGuideReader(t: Test, key: string, count: number): Promise<Program> {
  return baseline(t, 'reader', [key, 'loop', String(count)])
}

async function baseline(t: Test, name: 'writer' | 'reader', args: string[]): Promise<Program> {
  const file = path.join(ROOT, 'bench', 'baselines', `${name}.ts`)
  const [node = ''] = bootstrap.split(',')
  return new Program(t, [os.execPath(), file, await t.tmp(), node, ...args])
}

closeTestnet()
