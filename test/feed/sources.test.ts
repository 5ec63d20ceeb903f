import os from 'bare-os'
import b4a from 'b4a'
import { test } from 'brittle'
import type { Peer } from 'hypercore'
import { createFeed } from '../../shared/feed/index.ts'
import { FAR } from '../../shared/feed/wire.ts'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { SYNC } from '../faults/hostile.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { printsExactly, seqsOf, untilBlock } from './blocks.ts'
import { Copy } from './copy.ts'
import { Host } from './host.ts'
import { impersonate } from './impostor.ts'
import { numbered } from './lines.ts'

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
  createFeed(log, { onerror: t.fail })
  const writer = await Host.start(t, log)
  const relay = await Copy.open(t, log.key)
  const relaying = await Host.start(t, relay.core)
  await relaying.connect(writer)
  await relay.until(lines.length)

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
  createFeed(log, { onerror: t.fail })
  const writer = await Host.start(t, log)
  const relay = await Copy.open(t, log.key)
  const relaying = await Host.start(t, relay.core)
  await relaying.connect(writer)
  await relay.until(10)

  const core = await createCopy(t, log)
  const reading = await Host.start(t, core)
  let changed = (): void => {}
  const feed = createFeed(core, {
    onerror: t.fail,
    follow: {
      skip: { from: 0 },
      onchange: () => changed(),
      ondelivery: ({ stored, release }) => void stored.then(release),
      onmisbehaviour: (_, reason) => t.fail(reason)
    }
  })
  t.teardown(() => feed.close(), { force: true })
  const follows = async (host: Host): Promise<void> => {
    while (!isPeer(feed.follower?.source?.remotePublicKey, host)) {
      await new Promise<void>((resolve) => (changed = resolve))
    }
  }

  await reading.connect(relaying)
  await follows(relaying)
  await reading.connect(writer)
  await follows(writer)
  await reading.disconnect(writer)
  await follows(relaying)
  await log.append(b4a.from('more'))
  while (core.length < 11) {
    await new Promise<void>((resolve) => core.once('append', () => resolve()))
  }
  t.is(core.length, 11)
  t.is(feed.follower?.hops ?? 0, 2)
})

test('a reader that is catching up is no way to the end of the log', async (t) => {
  const log = await createLog(t, numbered(10))
  const writer = await Host.start(t, log)
  void impersonate(log, ({ begin }, id) => begin.send({ id, start: 0, length: 10, proof: null }))
  const core = await createCopy(t, log)
  const reading = await Host.start(t, core)
  const feed = createFeed(core, {
    onerror: t.fail,
    follow: {
      skip: { from: 0 },
      onchange() {},
      ondelivery: ({ stored, release }) => void stored.then(release),
      onmisbehaviour: (_, reason) => t.fail(reason)
    }
  })
  t.teardown(() => feed.close(), { force: true })
  const begun = feed.follower?.begun({ anySource: false })
  await reading.connect(writer)
  t.alike(await begun, { start: 0, length: 10 })
  t.is(feed.follower?.hops ?? 0, FAR)
})

test('who claims blocks and serves none does not cost a reader its source', async (t) => {
  const log = await createLog(t, numbered(10))
  createFeed(log, { onerror: t.fail })
  const writer = await Host.start(t, log)
  const lying = await Host.start(t, await createCopy(t, log))
  const core = await createCopy(t, log)
  const reading = await Host.start(t, core)
  let changed = (): void => {}
  const feed = createFeed(core, {
    onerror: t.fail,
    follow: {
      skip: { from: 0 },
      onchange: () => changed(),
      ondelivery: ({ stored, release }) => void stored.then(release),
      onmisbehaviour: (_, reason) => t.fail(reason)
    }
  })
  t.teardown(() => feed.close(), { force: true })
  await reading.connect(writer)
  const met = new Promise<Peer>((resolve) => lying.core.once('peer-add', resolve))
  await reading.connect(lying)
  while (core.length < 10) await new Promise<void>((resolve) => core.once('append', resolve))

  const until = async (accept: () => boolean): Promise<void> => {
    while (!accept()) await new Promise<void>((resolve) => (changed = resolve))
  }
  const { wireSync } = await met
  const { send } = wireSync
  wireSync.send = (message) => send({ ...message, length: 1000 })
  wireSync.send(SYNC)
  await until(() => feed.follower?.source === null || feed.follower?.doubted === true)
  t.ok(isPeer(feed.follower?.source?.remotePublicKey, writer), 'the writer is followed on')
  await log.append(b4a.from('more'))
  while (core.length < 11) await new Promise<void>((resolve) => core.once('append', resolve))
  await until(() => feed.follower?.doubted === false)
  t.pass('and no longer doubted once it brings a block')
})

test('liars in turn take no reader from its source for long', async (t) => {
  const log = await createLog(t, numbered(10))
  createFeed(log, { onerror: t.fail })
  const writer = await Host.start(t, log)
  const core = await createCopy(t, log)
  const reading = await Host.start(t, core)
  const followed: (Host | undefined)[] = []
  const everyone = [writer]
  let changed = (): void => {}
  const feed = createFeed(core, {
    onerror: t.fail,
    follow: {
      skip: { from: 0 },
      onchange() {
        const key = feed.follower?.source?.remotePublicKey
        const source = everyone.find((host) => isPeer(key, host))
        if (source !== followed.at(-1)) followed.push(source)
        changed()
      },
      ondelivery: ({ stored, release }) => void stored.then(release),
      onmisbehaviour: (_, reason) => t.fail(reason)
    }
  })
  t.teardown(() => feed.close(), { force: true })
  await reading.connect(writer)
  while (core.length < 10) await new Promise<void>((resolve) => core.once('append', resolve))

  for (let i = 0; i < 2; i++) {
    const lying = await Host.start(t, await createCopy(t, log))
    everyone.push(lying)
    void impersonate(lying.core, ({ begin }, id) => {
      begin.send({ id, start: 10, length: 1000, proof: null })
    })
    const met = new Promise<Peer>((resolve) => lying.core.once('peer-add', resolve))
    await reading.connect(lying)
    const { wireSync } = await met
    const { send } = wireSync
    wireSync.send = (message) => send({ ...message, length: 1000 })
    wireSync.send(SYNC)
  }
  while (followed.length < 5) await new Promise<void>((resolve) => (changed = resolve))
  const [, one, other] = everyone
  t.is(followed[0], writer)
  t.ok([one, other].includes(followed[1]) && [one, other].includes(followed[3]), 'each has its try')
  t.ok(followed[1] !== followed[3], 'and no more than one')
  t.ok(followed[2] === writer && followed[4] === writer, 'and then the writer is followed again')
})

function isPeer(publicKey: Uint8Array | undefined, { publicKey: other }: Host): boolean {
  return publicKey !== undefined && b4a.equals(publicKey, other)
}

closeTestnet()
