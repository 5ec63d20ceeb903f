import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { serveFeed } from '../../shared/feed/feed.ts'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { createLog } from '../helpers/cores.ts'
import { printsExactly, untilBlock } from '../helpers/blocks.ts'
import { Copy } from './copy.ts'
import { Host, serve } from './host.ts'
import { copyUnsigned } from './unsigned-copy.ts'
import { SignatureStore } from '../../shared/feed/signature-store.ts'
import { numbered } from '../helpers/numbered.ts'

const LINES = numbered(2100)

/** Resolves once `core` keeps the signatures of these lengths. */
function untilSigned(core: Hypercore, lengths: number[]): Promise<void> {
  const signedLengths = new SignatureStore(core)
  const keep = core.setUserData.bind(core)
  return new Promise((resolve) => {
    core.setUserData = async (name, value) => {
      await keep(name, value)
      const kept = await Promise.all(lengths.map((at) => signedLengths.lastIn(at - 1, at)))
      if (kept.every((boundary) => boundary !== null)) resolve()
    }
  })
}

test('batches go from reader to reader, and on when the writer has gone', async (t) => {
  const log = await createLog(t, LINES)
  const writer = await serve(t, log)
  const copies: Copy[] = []
  let last = writer
  // each is connected to the one before it alone
  for (let i = 0; i < 3; i++) {
    const copy = await Copy.open(t, log.key)
    const host = await Host.start(t, copy.core)
    await host.connect(last)
    await copy.until(2100)
    copies.push(copy)
    last = host
  }
  await log.append(numbered(5, 2100).map((line) => b4a.from(line)))
  for (const copy of copies) await copy.until(2105)
  await writer.close()

  const late = await Copy.open(t, log.key)
  await (await Host.start(t, late.core)).connect(last)
  await late.until(2105)
  for (const { lines, downloads } of [...copies, late]) {
    t.alike(lines, numbered(2105))
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

test('a relay that was restarted serves batches as it did before', async (t) => {
  const log = await createLog(t, LINES)
  const writer = await serve(t, log)
  const storage = await t.tmp()
  const first = await Copy.open(t, log.key, { storage })
  const before = await Host.start(t, first.core)
  await before.connect(writer)
  await first.until(2100)
  // block by block, of which few signatures are kept
  for (const line of numbered(1100, 2100)) await log.append(b4a.from(line))
  await first.until(3200)
  await writer.close()
  await before.close()
  await first.close()

  const again = await Copy.open(t, log.key, { storage })
  const relay = await Host.start(t, again.core)
  const late = await Copy.open(t, log.key)
  await (await Host.start(t, late.core)).connect(relay)
  await late.until(3200)
  t.alike(late.lines, numbered(3200))
  t.is(late.downloads, 0, 'every block came in a signed batch')
})

test('a copy that came by plain replication gets the signatures of a peer that has them', async (t) => {
  const log = await createLog(t, LINES)
  const writer = await serve(t, log)
  const storage = await t.tmp()
  await copyUnsigned(log, storage)
  const seeder = await Copy.open(t, log.key, { storage })
  const host = await Host.start(t, seeder.core)
  const complete = untilSigned(seeder.core, [1024, 2048])
  await host.connect(writer)
  await complete
  await writer.close()
  const late = await Copy.open(t, log.key)
  await (await Host.start(t, late.core)).connect(host)
  await late.until(2100)
  t.alike(late.lines, LINES)
  t.is(late.downloads, 0, 'every block came in a signed batch')
})

test('where no peer has signatures a copy is served by plain replication', async (t) => {
  const lines = LINES.slice(0, 1100)
  const log = await createLog(t, lines)
  const storage = await t.tmp()
  await copyUnsigned(log, storage)
  const seeder = await Copy.open(t, log.key, { storage })
  const late = await Copy.open(t, log.key)
  const host = await Host.start(t, late.core)
  await host.connect(await Host.start(t, seeder.core))
  await late.until(lines.length)
  t.alike(late.lines, lines)
  t.ok(late.downloads > 0)
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
