import os from 'bare-os'
import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Peer } from 'hypercore'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { after } from '../../shared/limits/clock.ts'
import { SYNC } from '../helpers/hostile.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { printsExactly, seqsOf, untilBlock } from '../helpers/blocks.ts'
import { NO_PATH } from '../../shared/feed/messages.ts'
import { Copy } from './copy.ts'
import { FeedOnlyReader } from './feed-only-reader.ts'
import { Host, serve } from './host.ts'
import { numbered } from '../helpers/numbered.ts'
import { announce } from '../helpers/swarm.ts'

/** What is on its way from a source to a pipe that is read is less than half of them. */
const COUNT = 24_000
const LINES = numbered(COUNT)

test('a reader is cut off halfway', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...LINES)
  const relay = await startReader(t, writer.key, ['--start', '0'])
  await untilBlock(relay, COUNT - 1)

  await t.test('one that is killed halfway resumes with no gap', async (t) => {
    const storage = await t.tmp()
    const first = await startReader(t, writer.key, ['--start', '0', '--resume'], { storage })
    await untilBlock(first, 5000)
    await first.kill()
    const before = seqsOf(first)
    t.ok(before.length < COUNT, 'it was halfway')
    printsExactly(t, first, LINES.slice(0, before.length))

    const second = await startReader(t, writer.key, ['--resume'], { storage })
    await untilBlock(second, COUNT - 1)
    const [start = -1] = seqsOf(second)
    t.ok(start <= before.length, `no gap: ${start} after ${before.length - 1}`)
    // what was on its way when the end came, a pipe's worth at most, may be printed again
    t.ok(start > 0 && start >= before.length - 2048, `hardly a block twice: ${start}`)
    printsExactly(t, second, LINES.slice(start), start)
  })

  const lines = [...LINES]
  await t.test('one whose source stops, but stays connected, goes on with another', async (t) => {
    const reader = await startReader(t, writer.key, ['--start', '0'])
    await untilBlock(reader, 1000)
    os.kill(writer.program.pid, 'SIGSTOP')
    t.ok(seqsOf(reader).length < COUNT, 'it was halfway')
    await untilBlock(reader, COUNT - 1)
    os.kill(writer.program.pid, 'SIGCONT')
    lines.push(...numbered(3, COUNT))
    await writer.append(...lines.slice(COUNT))
    await untilBlock(reader, COUNT + 2)
    printsExactly(t, reader, lines)
  })

  await t.test('one whose source is killed goes on with another', async (t) => {
    const flags = ['--start', '0', '-n', String(lines.length)]
    const reader = await startReader(t, writer.key, flags)
    await untilBlock(reader, 1000)
    await writer.program.kill()
    t.ok(seqsOf(reader).length < COUNT, 'it was halfway')
    t.is(await reader.ending, 0)
    printsExactly(t, reader, lines)
  })
})

test('blocks come in signed batches while a reader goes over from source to source', async (t) => {
  const lines = numbered(12_000)
  const log = await createLog(t, lines)
  const writer = await serve(t, log)
  const relaying = await startRelay(t, writer)

  const copy = await Copy.open(t, log.key)
  const reading = await Host.start(t, copy.core)
  await reading.connect(relaying)
  await copy.until(1)
  await reading.connect(writer)
  await copy.until(3000)
  t.ok(copy.lines.length < lines.length, 'it was halfway')
  await reading.disconnect(writer)
  await copy.until(lines.length)
  t.alike(copy.lines, lines)
  t.is(copy.downloads, 0)
})

test('of two sources the one nearer to the writer is followed, and the other after it', async (t) => {
  const log = await createLog(t, numbered(10))
  const writer = await serve(t, log)
  const relaying = await startRelay(t, writer)

  const reading = await FeedOnlyReader.start(t, log)
  await reading.host.connect(relaying)
  await reading.until(() => reading.follows(relaying))
  await reading.host.connect(writer)
  await reading.until(() => reading.follows(writer))
  await reading.host.disconnect(writer)
  await reading.until(() => reading.follows(relaying))
  await log.append(b4a.from('more'))
  await reading.holds(11)
  t.is(reading.core.length, 11)
  t.is(reading.feed.hops, 2)
})

test('a writer that was killed is left for the same one that was started again', async (t) => {
  const storage = await t.tmp()
  const writer = await startWriter(t, [], { storage })
  await writer.append('one')
  const copy = await Copy.open(t, b4a.from(writer.key, 'hex'))
  await announce(t, copy.core)
  await copy.until(1)
  const killed = copy.feed.source
  t.is(copy.hops, 1)
  await writer.program.kill()
  while (copy.hops < NO_PATH) await after(50)
  t.is(copy.feed.source, killed, 'that it leads to no writer is told before another is there')
  await startWriter(t, [], { storage, length: 1 })
  while (copy.feed.source === killed) await after(50)
  t.ok(killed !== null && copy.core.peers.includes(killed), 'before the connection has timed out')
})

test('a peer that claims blocks and serves none does not cost a reader its source', async (t) => {
  const log = await createLog(t, numbered(10))
  const writer = await serve(t, log)
  const reading = await FeedOnlyReader.start(t, log)
  await reading.host.connect(writer)
  await reading.holds(10)

  await meetLiar(await Host.start(t, await createCopy(t, log)), reading.host)
  await reading.until(() => !reading.feed.suffices)
  t.ok(reading.follows(writer), 'the writer is followed on')
  await log.append(b4a.from('more'))
  await reading.holds(11)
  await reading.until(() => reading.feed.suffices)
  t.pass('and trusted again once it brings a block')
})

/** A reader of the log that `writer` serves, once it holds all of it. */
async function startRelay(t: Test, writer: Host): Promise<Host> {
  const relay = await Copy.open(t, writer.core.key)
  const relaying = await Host.start(t, relay.core)
  await relaying.connect(writer)
  await relay.until(writer.core.length)
  return relaying
}

/** Connects `reading` to `lying`, which claims 1,000 blocks whenever it says what it has. */
async function meetLiar(lying: Host, reading: Host): Promise<void> {
  const met = new Promise<Peer>((resolve) => lying.core.once('peer-add', resolve))
  await reading.connect(lying)
  const { wireSync } = await met
  const { send } = wireSync
  wireSync.send = (message) => send({ ...message, length: 1000 })
  wireSync.send(SYNC)
}

closeTestnet()
