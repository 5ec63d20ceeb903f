import b4a from 'b4a'
import { test } from 'brittle'
import { serveFeed } from '../../shared/feed/feed.ts'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { createLog } from '../helpers/cores.ts'
import { printsExactly, untilBlock } from '../helpers/blocks.ts'
import { Copy } from './copy.ts'
import { Host, serve } from './host.ts'
import { numbered } from '../helpers/numbered.ts'

const LINES = numbered(3000)

test('batches go from reader to reader, and on when the writer has gone', async (t) => {
  const log = await createLog(t, numbered(3000))
  const writer = await serve(t, log)
  const copies: Copy[] = []
  let last = writer
  // each is connected to the one before it alone
  for (let i = 0; i < 3; i++) {
    const copy = await Copy.open(t, log.key)
    const host = await Host.start(t, copy.core)
    await host.connect(last)
    await copy.until(3000)
    copies.push(copy)
    last = host
  }
  await log.append(numbered(5, 3000).map((line) => b4a.from(line)))
  for (const copy of copies) await copy.until(3005)
  await writer.close()

  const late = await Copy.open(t, log.key)
  await (await Host.start(t, late.core)).connect(last)
  await late.until(3005)
  for (const { lines, downloads } of [...copies, late]) {
    t.alike(lines, numbered(3005))
    t.is(downloads, 0, 'every block came in a signed batch')
  }
})

test('readers that met before there was a writer take the log from each other', async (t) => {
  const log = await createLog(t, numbered(10))
  serveFeed(log, { onrival() {}, onerror: (err) => t.fail(String(err)) })
  const near = await Copy.open(t, log.key)
  const far = await Copy.open(t, log.key)
  const between = await Host.start(t, near.core)
  await (await Host.start(t, far.core)).connect(between)
  await between.connect(await Host.start(t, log))
  await far.until(10)
  t.alike(far.lines, numbered(10))
  t.alike(far.offences, [])
})

test('what a relay has no signatures for, it serves by plain replication', async (t) => {
  const count = 5000
  const writer = await startWriter(t)
  await writer.append(...numbered(count))
  const storage = await t.tmp()
  const flags = ['--start', '0', '-n', String(count)]
  const first = await startReader(t, writer.key, flags, { storage })
  t.is(await first.ending, 0)
  await writer.program.kill()

  // signatures are kept in memory, except for the last
  await startReader(t, writer.key, ['--seed'], { storage })
  const late = await startReader(t, writer.key, flags)
  t.is(await late.ending, 0)
  printsExactly(t, late, numbered(count))
})

test('a log goes from reader to reader, each of which leaves when the next has it', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...LINES)
  let last = writer.program
  for (let i = 0; i < 3; i++) {
    const reader = await startReader(t, writer.key, ['--start', '0'])
    await untilBlock(reader, LINES.length - 1)
    await last.kill()
    printsExactly(t, reader, LINES)
    last = reader
  }
})

closeTestnet()
