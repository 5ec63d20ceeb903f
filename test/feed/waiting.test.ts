import b4a from 'b4a'
import { type Test, test } from 'brittle'
import Hypercore, { type Manifest } from 'hypercore'
import { FollowedLog } from '../../shared/replication/followed-log.ts'
import { after } from '../../shared/limits/clock.ts'
import { ROOTS_REQUEST, interceptKind } from '../../shared/upstream/hypercore-messages.ts'
import { manifestOf, setManifest } from '../../shared/upstream/hypercore-tree.ts'
import { closeTestnet } from '../helpers/testnet.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { Copy } from './copy.ts'
import { Host, serve } from './host.ts'

/** Two waits of 2 s for a source and an answer are over by then. */
const SLOW_MS = 5000

test('a reader that waited with others is told by them what the writer told them', async (t) => {
  const log = await createLog(t, numbered(50))
  const waiting = await wait(t, log)
  const relay = await Copy.open(t, log.key)
  const [writer, reader] = [await serve(t, log), await Host.start(t, relay.core)]
  await apart()
  await log.append(blocks(5))
  await reader.connect(writer)
  await relay.until(55)
  await waiting.host.connect(reader)
  t.is(await waiting.end, 50)
})

test('and of a log that was rewound meanwhile, where it was rewound to', async (t) => {
  const log = await createLog(t, numbered(50))
  const relay = await Copy.open(t, log.key)
  const [writer, reader] = [await serve(t, log), await Host.start(t, relay.core)]
  await reader.connect(writer)
  await relay.until(50)
  await reader.disconnect(writer)
  const waiting = await wait(t, log)
  await apart()
  await log.truncate(40, 1)
  await log.append(blocks(5))
  await reader.connect(writer)
  await relay.until(55)
  await waiting.host.connect(reader)
  t.is(await waiting.end, 40)
})

for (const [where, timeout, end] of [
  ['and what is read live begins where it ended', Infinity, 50],
  ['and --no-follow takes no part of the log for all of it', 1000, null]
] as const) {
  test(`a peer that claims a log is waited for until it has proven it, ${where}`, async (t) => {
    const log = await createLog(t, numbered(50))
    const late = timeout === Infinity ? after(SLOW_MS) : new Promise<void>(() => {})
    log.once('peer-add', (peer) => {
      interceptKind(peer, 'request', async (message, handle) => {
        await late
        return handle(message)
      })
    })
    const { host, followed } = await wait(t, log)
    await host.connect(await Host.start(t, log))
    t.is(await followed.findEnd(Promise.resolve(), timeout), end)
  })
}

for (const [what, proves, end] of [
  ['proves', true, 55],
  ['only claims', false, 40]
] as const) {
  test(`a source that is behind is outdone by a peer that ${what} more`, async (t) => {
    const log = await createLog(t, numbered(55))
    log.once('peer-add', (peer) => {
      interceptKind(peer, 'request', (message, handle) => {
        return message.id === ROOTS_REQUEST && !proves ? null : handle(message)
      })
    })
    const { core, host, followed } = await wait(t, log)
    // a source has told it
    await setManifest(core, manifestOf(log) as Manifest)
    const claimed = new Promise<void>((resolve) => {
      core.once('peer-add', (peer) => {
        interceptKind(peer, 'sync', async (message, handle) => {
          await handle(message)
          resolve()
        })
      })
    })
    await host.connect(await Host.start(t, log))
    await claimed
    t.is(await followed.furthestEnd(40), end)
  })
}

interface Waiting {
  core: Hypercore
  host: Host
  followed: FollowedLog
  /** What it is told of where the log ended as it began. */
  end: Promise<number | null>
}

/** A reader of `log` that has met nobody yet. */
async function wait(t: Test, log: Hypercore): Promise<Waiting> {
  const core = await createCopy(t, log)
  const start = { tail: 0, live: true }
  const events = {
    standing: () => Infinity,
    onhops() {},
    onmanifest() {},
    mayDrop: () => true,
    onerror: (err: unknown) => t.fail(String(err))
  }
  const followed = new FollowedLog(core, start, events, (_peer, reason) => t.fail(reason))
  t.teardown(() => followed.close(), { order: -2, force: true })
  const end = followed.findEnd(new Promise(() => {}), Infinity)
  return { core, host: await Host.start(t, core), followed, end }
}

/** Moments are told apart across processes no better than to the time that a message takes. */
function apart(): Promise<void> {
  return after(300)
}

function blocks(count: number): Uint8Array[] {
  return numbered(count, 1000).map((line) => b4a.from(line))
}

closeTestnet()
