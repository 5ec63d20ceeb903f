import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { serveFeed } from '../../shared/feed/feed.ts'
import { closeTestnet, startReader } from '../helpers/app.ts'
import { untilBlock } from '../helpers/blocks.ts'
import { createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import type { Program } from '../helpers/program.ts'
import { announce } from '../helpers/swarm.ts'
import { copyInto } from '../helpers/grown.ts'

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

test('a reader says which block it waits for where the log is rewound to before it', async (t) => {
  const writer = await startRewinding(t)
  await writer.append(numbered(12))
  const reader = await startReader(t, writer.key)
  await reader.stdout.line('Skipping 12 earlier blocks...')
  await writer.truncate(7)
  await reader.stderr.line('reader-app: the log has 7 blocks so far: waiting for block 12')
  await writer.append(numbered(6, 7))
  await untilBlock(reader, 12)
  t.alike(valuesOf(reader), [`12: ${numbered(6, 7)[5]}`])
})

test('a reader that was away while the writer rewound resumes where the new log differs', async (t) => {
  const { writer, storage } = await readOnce(t)
  await writer.truncate(7)
  await writer.append(['new 7', 'new 8'])
  const second = await startReader(t, writer.key, ['--start', '0', '--resume'], { storage })
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

test('a rewind that a run without --resume takes is resumed from', async (t) => {
  const { writer, storage } = await readOnce(t)

  await writer.truncate(7)
  await writer.append(['new 7', 'new 8'])
  const other = await startReader(t, writer.key, ['--start', '8', '-n', '1'], { storage })
  t.is(await other.ending, 0)

  const second = await startReader(t, writer.key, ['--resume', '--no-follow'], { storage })
  t.is(await second.ending, 0)
  t.alike(valuesOf(second), ['7: new 7', '8: new 8'])
})

test('--count is of what a rewind leaves and brings, where it begins before this run', async (t) => {
  const { writer, storage } = await readOnce(t)
  await writer.truncate(5)
  await writer.append(numbered(20, 100))
  const reader = await startReader(t, writer.key, ['--resume', '-n', '3'], { storage })
  t.is(await reader.ending, 0)
  t.alike(
    valuesOf(reader),
    numbered(3, 100).map((line, i) => `${5 + i}: ${line}`)
  )
})

test('a rewind that another reader of the log on this machine takes is resumed from', async (t) => {
  const writer = await startRewinding(t)
  await writer.append(numbered(12))
  const storage = await t.tmp()
  const watching = await startReader(t, writer.key, ['--start', '0'], { storage })
  await untilBlock(watching, 11)
  const look = async (): Promise<Program> => {
    const flags = ['--start', '2', '--resume', '--no-follow']
    const reader = await startReader(t, writer.key, flags, { storage })
    t.is(await reader.ending, 0)
    return reader
  }
  t.is(valuesOf(await look()).length, 10)
  await writer.truncate(9)
  await writer.append(['other 9', 'other 10'])
  await untilBlock(watching, 10)
  await writer.truncate(7)
  await writer.append(['new 7', 'new 8'])
  await untilBlock(watching, 8)
  t.alike(valuesOf(await look()), ['7: new 7', '8: new 8'])
  await writer.truncate(1)
  await writer.append(['new 1', 'new 2'])
  await untilBlock(watching, 2)
  t.alike(valuesOf(await look()), ['2: new 2'], 'what was never printed is not replaced')
})

test('a reader beside another one goes on where the writer has rewound to', async (t) => {
  const writer = await startRewinding(t)
  await writer.append(numbered(12))
  const storage = await t.tmp()
  const first = await startReader(t, writer.key, ['--start', '0'], { storage })
  await untilBlock(first, 11)
  const beside = await startReader(t, writer.key, ['--tail', '5', '--resume'], { storage })
  await untilBlock(beside, 11)
  await writer.truncate(9)
  await writer.append(['new 9', 'new 10'])
  await untilBlock(beside, 10)
  await untilBlock(first, 10)
  await beside.stop()
  await writer.append(['new 11'])
  const again = await startReader(t, writer.key, ['--resume'], { storage })
  await untilBlock(again, 11)
  t.alike(valuesOf(again), ['11: new 11'])
  t.alike(
    valuesOf(beside).map((value) => value.split(':')[0]),
    ['7', '8', '9', '10', '11', '9', '10']
  )
})

test('readers whose stdout stalls while the log is rewound go on with what it is then', async (t) => {
  const writer = await startRewinding(t)
  await writer.append(numbered(3000, 0, 160))
  const storage = await t.tmp()
  const whole = ['--start', '0']
  const [stalled, ending] = await Promise.all([
    startReader(t, writer.key, [...whole, '--resume'], { storage, stalled: true }),
    startReader(t, writer.key, [...whole, '--no-follow'], { stalled: true })
  ])
  await Promise.all([stalled.stdout.stallAt(/^Block 0: /), ending.stdout.stallAt(/^Block 0: /)])
  await writer.truncate(10)
  await writer.append(Array.from({ length: 20 }, (_, i) => `new ${10 + i}`))
  const watcher = await startReader(t, writer.key, ['--start', '29', '-n', '1'])
  t.is(await watcher.ending, 0)

  await stalled.kill()
  const again = await startReader(t, writer.key, ['--resume'], { storage })
  await untilBlock(again, 29)
  const [first = ''] = valuesOf(again)
  t.ok(Number(first.split(':')[0]) <= 10, `resumed at ${first}`)

  ending.stdout.resume()
  t.is(await ending.ending, 0, '--no-follow ends where the log ends')
  t.ok(/^(29: new 29|\d+: line)/.test(valuesOf(ending).at(-1) ?? ''), 'with it, or just before it')
})

test('new readers of a log that was rewound once begin where they are told, end there, and say nothing of it', async (t) => {
  const writer = await startRewinding(t)
  await writer.append(numbered(12))
  await writer.truncate(7)
  await writer.append(['new 7', 'new 8'])
  const [all, two] = await Promise.all([
    startReader(t, writer.key, ['--start', '0', '--no-follow']),
    startReader(t, writer.key, ['--start', '6', '-n', '2'])
  ])
  t.is(await all.ending, 0)
  t.is(valuesOf(all).length, 9)
  t.is(await two.ending, 0)
  t.alike(
    valuesOf(two).map((value) => value.slice(0, 8).trim()),
    ['6: line', '7: new 7']
  )
  for (const { stderr } of [all, two]) t.absent(TOLD.test(stderr.text))
})

/** A log of 12 lines, and where a reader with --resume has left a copy once it had printed all of them. */
async function readOnce(t: Test): Promise<{ writer: Rewinding; storage: string }> {
  const writer = await startRewinding(t)
  await writer.append(numbered(12))
  const storage = await t.tmp()
  await copyInto(storage, writer.core)
  return { writer, storage }
}

interface Rewinding {
  core: Hypercore
  key: string
  append(lines: string[]): Promise<void>
  truncate(length: number): Promise<void>
}

/** A writer with the feed that may rewind its log. */
async function startRewinding(t: Test): Promise<Rewinding> {
  const core = await createLog(t)
  serveFeed(core, { onrival() {}, onerror: (err) => t.fail(String(err)) })
  await announce(t, core)
  return {
    core,
    key: b4a.toString(core.key, 'hex'),
    async append(lines) {
      await core.append(lines.map((line) => b4a.from(line)))
    },
    truncate: (length) => core.truncate(length)
  }
}

/** `seq: value` of each block that `reader` has printed. */
function valuesOf({ stdout }: Program): string[] {
  return stdout.lines.flatMap((line) => (line.startsWith('Block ') ? [line.slice(6)] : []))
}

closeTestnet()
