import b4a from 'b4a'
import { test } from 'brittle'
import { rememberLog } from '../../shared/feed/memory.ts'
import { SignedLengths } from '../../shared/feed/signed-lengths.ts'
import type { SignedLength } from '../../shared/upstream/hypercore-tree.ts'
import { BatchReader } from '../../shared/feed/batch-reader.ts'
import { Sender } from '../../shared/feed/sender.ts'
import { closeTestnet } from '../helpers/app.ts'
import { createLog } from '../helpers/cores.ts'
import { Copy } from './copy.ts'
import { Host, serve } from './host.ts'
import { whileTruncated } from '../helpers/truncating.ts'
import { numbered } from '../helpers/numbered.ts'

test('readers that know each other rewind with the writer', async (t) => {
  const log = await createLog(t, numbered(20))
  const writer = await serve(t, log)
  const a = await Copy.open(t, log.key)
  const b = await Copy.open(t, log.key)
  const hosts = await Promise.all([a, b].map(({ core }) => Host.start(t, core)))
  for (const host of hosts) await host.connect(writer)
  await a.until(20)
  await b.until(20)
  if (hosts[0] && hosts[1]) await hosts[0].connect(hosts[1])

  await log.truncate(10)
  await log.append(b4a.from('new 10'))
  for (const copy of [a, b]) {
    await copy.until(21)
    t.is(copy.seqs[20], 10)
    t.is(copy.lines[20], 'new 10')
  }
})

test('a relay that has not heard of a new fork keeps no reader from it', async (t) => {
  const log = await createLog(t, numbered(20))
  const writer = await Host.start(t, log)
  const relay = await Copy.open(t, log.key)
  const relaying = await Host.start(t, relay.core)
  await relaying.connect(writer)
  await relay.until(20)
  // from here on the relay is connected to the reader alone
  const copy = await Copy.open(t, log.key)
  const reading = await Host.start(t, copy.core)
  await relaying.disconnect(writer)
  await reading.connect(relaying)
  await copy.until(20)
  await reading.connect(writer)

  await log.truncate(10)
  await log.append(b4a.from('new 10'))
  await copy.until(21)
  t.is(copy.seqs[20], 10)
  t.is(copy.lines[20], 'new 10')
})

test('a reader that waits for a block that the writer takes back goes on where it can', async (t) => {
  const log = await createLog(t, numbered(20))
  const copy = await Copy.open(t, log.key)
  const reading = await Host.start(t, copy.core)
  const writer = await Host.start(t, log)
  // the log is known to have 20 blocks, and nobody has the last of them
  await log.clear(10, 20)
  await reading.connect(writer)
  await copy.until(10)

  await log.truncate(5)
  await log.append(b4a.from('new 5'))
  await copy.until(11)
  t.is(copy.seqs[10], 5)
  t.is(copy.lines[10], 'new 5')
})

test('a source whose log is truncated while it makes an answer refuses', async (t) => {
  const log = await createLog(t, numbered(20))
  // the moment between the proof of the old log and the answer
  class Truncating extends SignedLengths {
    override async within(after: number, upTo: number): Promise<SignedLength | null> {
      const signed = await super.within(after, upTo)
      await log.truncate(15)
      return signed
    }
  }
  const memory = { ...rememberLog(log), signedLengths: new Truncating(log) }
  const answers: string[] = []
  const channel = {
    begin: () => answers.push('begin'),
    batch: () => answers.push('batch'),
    refuse: () => answers.push('refuse')
  }
  const reader = new BatchReader(log, memory)
  const sender = new Sender(log, memory, reader, channel, (err) => {
    t.fail(String(err))
  })
  await sender.subscribe({
    id: 1,
    fork: 0,
    length: 0,
    skip: { from: 12 },
    manifest: false,
    tree: null,
    waited: 0
  })
  t.alike(answers, ['refuse'])
})

test('a batch that a truncation takes from the store meanwhile is none, and no fault', async (t) => {
  const log = await createLog(t, numbered(200))
  const reader = new BatchReader(log, rememberLog(log))
  t.is(
    await whileTruncated(
      log,
      () => log.truncate(10),
      () => reader.read(50)
    ),
    null
  )
  t.is((await reader.read(5))?.blocks.length, 5, 'the blocks that stand are read')
})

closeTestnet()
