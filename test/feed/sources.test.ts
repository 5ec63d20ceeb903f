import os from 'bare-os'
import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Peer } from 'hypercore'
import { SignedLengths } from '../../shared/feed/signed-lengths.ts'
import { signedEnd } from '../../shared/feed/sender.ts'
import { NO_PATH } from '../../shared/feed/messages.ts'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { SYNC } from '../helpers/hostile.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { printsExactly, seqsOf, untilBlock } from '../helpers/blocks.ts'
import { Copy } from './copy.ts'
import { FeedOnlyReader } from './feed-only-reader.ts'
import { Host, serve } from './host.ts'
import { impersonate, proofOf } from './impostor.ts'
import { numbered } from '../helpers/numbered.ts'

const COUNT = 40_000
const LINES = numbered(COUNT)

test('a reader whose source is killed halfway goes on with another', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...LINES)
  const relay = await startReader(t, writer.key, ['--start', '0'])
  await untilBlock(relay, COUNT - 1)

  const reader = await startReader(t, writer.key, ['--start', '0', '-n', String(COUNT)])
  await untilBlock(reader, 1000)
  await writer.program.kill()
  t.ok(seqsOf(reader).length < COUNT, 'it was halfway')
  t.is(await reader.ending, 0)
  printsExactly(t, reader, LINES)
})

test('a reader whose source stops halfway, but stays connected, goes on with another', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...LINES)
  const relay = await startReader(t, writer.key, ['--start', '0'])
  await untilBlock(relay, COUNT - 1)

  const reader = await startReader(t, writer.key, ['--start', '0'])
  await untilBlock(reader, 1000)
  os.kill(writer.program.pid, 'SIGSTOP')
  t.ok(seqsOf(reader).length < COUNT, 'it was halfway')
  await untilBlock(reader, COUNT - 1)
  os.kill(writer.program.pid, 'SIGCONT')
  const more = numbered(3, COUNT)
  await writer.append(...more)
  await untilBlock(reader, COUNT + 2)
  printsExactly(t, reader, [...LINES, ...more])
})

test('a reader that is killed halfway resumes with no gap', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...LINES)
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

test('blocks come in signed batches while a reader goes over from source to source', async (t) => {
  const lines = numbered(20_000)
  const log = await createLog(t, lines)
  const writer = await serve(t, log)
  const relaying = await startRelay(t, writer)

  const copy = await Copy.open(t, log.key)
  const reading = await Host.start(t, copy.core)
  await reading.connect(relaying)
  await copy.until(1)
  await reading.connect(writer)
  await copy.until(10_000)
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
  t.is(reading.follower.hops, 2)
})

test('a reader that is catching up is no way to the end of the log', async (t) => {
  const log = await createLog(t, numbered(10))
  const writer = await Host.start(t, log)
  const proof = proofOf(log.manifest)
  void impersonate(log, ({ begin }, id) => begin.send({ id, start: 0, proof, end: signedEnd(log) }))
  const reading = await FeedOnlyReader.start(t, log)
  const end = reading.follower.end({ anySource: false })
  await reading.host.connect(writer)
  t.is(await end, 10)
  t.is(reading.follower.hops, NO_PATH)
})

test('who claims blocks and serves none does not cost a reader its source', async (t) => {
  const log = await createLog(t, numbered(10))
  const writer = await serve(t, log)
  const reading = await FeedOnlyReader.start(t, log)
  await reading.host.connect(writer)
  await reading.holds(10)

  await meetLiar(await Host.start(t, await createCopy(t, log)), reading.host)
  const { follower } = reading
  await reading.until(() => follower.source === null || follower.doubted)
  t.ok(reading.follows(writer), 'the writer is followed on')
  await log.append(b4a.from('more'))
  await reading.holds(11)
  await reading.until(() => !follower.doubted)
  t.pass('and no longer doubted once it brings a block')
})

test('liars in turn take no reader from its source for long', async (t) => {
  const log = await createLog(t, numbered(10))
  const writer = await serve(t, log)
  const followed: (Host | undefined)[] = []
  const everyone = [writer]
  const reading = await FeedOnlyReader.start(t, log, () => {
    const source = everyone.find((host) => reading.follows(host))
    if (source !== followed.at(-1)) followed.push(source)
  })
  await reading.host.connect(writer)
  await reading.holds(10)

  for (let i = 0; i < 2; i++) {
    const lying = await Host.start(t, await createCopy(t, log))
    everyone.push(lying)
    void impersonate(lying.core, ({ begin }, id) => {
      begin.send({ id, start: 10, proof: null, end: signedEnd(log) })
    })
    await meetLiar(lying, reading.host)
  }
  await reading.until(() => followed.length >= 5)
  const [, one, other] = everyone
  t.is(followed[0], writer)
  t.ok([one, other].includes(followed[1]) && [one, other].includes(followed[3]), 'each has its try')
  t.ok(followed[1] !== followed[3], 'and no more than one')
  t.ok(followed[2] === writer && followed[4] === writer, 'and then the writer is followed again')
})

test('a source that gives little by little is left for one that has it all', async (t) => {
  const lines = numbered(100)
  const log = await createLog(t, lines)
  const writer = await serve(t, log)
  const signedLengths = new SignedLengths(log)
  const proof = proofOf(log.manifest)
  const dripping = await Host.start(t, await createCopy(t, log))
  let dripped = 0
  let timer: Timer | null = null
  void impersonate(dripping.core, ({ begin, batch }, id) => {
    begin.send({ id, start: 0, proof, end: signedEnd(log) })
    timer ??= setInterval(async () => {
      const start = dripped++
      const { signature } = (await signedLengths.within(start, start + 1)) ?? {}
      if (signature) batch.send({ id, start, signature, blocks: [b4a.from(lines[start] ?? '')] })
    }, 500)
  })
  t.teardown(() => timer && clearInterval(timer))

  const copy = await Copy.open(t, log.key)
  const reading = await Host.start(t, copy.core)
  await reading.connect(dripping)
  await copy.until(1)
  await reading.connect(writer)
  await copy.until(lines.length)
  t.alike(copy.lines, lines)
  t.ok(dripped < lines.length / 2, `${dripped} blocks little by little`)
  t.is(copy.downloads, 0)
})

test('a peer that goes to and fro takes no reader from its source but once', async (t) => {
  const log = await createLog(t, numbered(10))
  const writer = await serve(t, log)
  const relaying = await startRelay(t, writer)

  const reading = await FeedOnlyReader.start(t, log)
  await reading.host.connect(relaying)
  await reading.holds(10)
  const fickle = await Host.start(t, await createCopy(t, log))
  let subscriptions = 0
  const subscribed = impersonate(fickle.core, ({ status }) => {
    subscriptions++
    status.send({ hops: NO_PATH })
    status.send({ hops: 0 })
  })
  await reading.host.connect(fickle)
  await subscribed
  for (const line of numbered(50)) {
    await log.append(b4a.from(line))
    await reading.holds(log.length)
  }
  t.is(subscriptions, 1)
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
