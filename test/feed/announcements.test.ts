import b4a from 'b4a'
import { test } from 'brittle'
import type { Peer } from 'hypercore'
import { AnnouncementBuffer } from '../../shared/feed/announcements.ts'
import { type ChannelEvents, FeedChannel } from '../../shared/feed/channel.ts'
import { MAX_BLOCKS } from '../../shared/feed/messages.ts'
import { closeTestnet } from '../helpers/app.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { createPair } from '../upstream/pair.ts'
import { Copy } from './copy.ts'
import { Host, serve } from './host.ts'
import { type Answer, impersonate } from './impostor.ts'

/** What a reader says besides where its log ends. */
const SYNC = {
  remoteLength: 3,
  canUpgrade: false,
  uploading: true,
  downloading: false,
  hasManifest: true,
  allowPush: false
}
const LINES = 100
const BATCHES = 16

test('readers tell each other of many new blocks at once', async (t) => {
  const log = await createLog(t)
  const writer = await serve(t, log)
  const [one, other] = [await Copy.open(t, log.key), await Copy.open(t, log.key)]
  const [first, second] = [await Host.start(t, one.core), await Host.start(t, other.core)]
  await first.connect(writer)
  await second.connect(writer)
  await second.connect(first)

  for (let i = 0; i < LINES; i++) {
    await log.append(b4a.from(`line ${i}`))
    await Promise.all([one.until(i + 1), other.until(i + 1)])
  }
  const reader = peerOf(first, second)
  const told = reader.stats.wireRange.rx
  t.ok(told < LINES / 4, `${told} messages for ${LINES} blocks`)
  await holds(peerOf(writer, second))
  t.pass('the writer soon knows that a reader has them all')
  await holds(peerOf(second, writer))
  t.pass('and the reader that there are no more')
  await writer.close()
  await holds(reader)
  t.pass('a reader knows that the other has them all when the writer is gone')
})

test('a reader that follows nobody hears of each new block', async (t) => {
  const log = await createLog(t)
  const writer = await serve(t, log)
  const copy = await createCopy(t, log)
  // speaks the feed, and asks for nothing
  copy.on('peer-add', (peer) => FeedChannel.create(copy, peer)?.open(SILENT))
  const reading = await Host.start(t, copy)
  await reading.connect(writer)
  const peer = peerOf(reading, writer)
  const before = peer.stats.wireRange.rx
  for (let i = 0; i < LINES; i++) await log.append(b4a.from(`line ${i}`))
  await holds(peer)
  const told = peer.stats.wireRange.rx - before
  t.ok(told > LINES / 2, `${told} messages for ${LINES} blocks`)
})

test('readers that catch up do not tell each other of each batch', async (t) => {
  const lines = BATCHES * MAX_BLOCKS
  const log = await createLog(
    t,
    Array.from({ length: lines }, (_, i) => `line ${i}`)
  )
  const writer = await serve(t, log)
  const [one, other] = [await Copy.open(t, log.key), await Copy.open(t, log.key)]
  const [first, second] = [await Host.start(t, one.core), await Host.start(t, other.core)]
  await second.connect(first)
  const [told, heard] = [peerOf(first, second), peerOf(second, first)]
  const before = [told.stats.wireRange.rx, heard.stats.wireRange.rx]
  await Promise.all([first.connect(writer), second.connect(writer)])
  await Promise.all([one.until(lines), other.until(lines)])
  for (const [i, { stats }] of [told, heard].entries()) {
    const messages = stats.wireRange.rx - (before[i] ?? 0)
    t.ok(messages > 0, 'each is told that the other has something')
    t.ok(messages < BATCHES / 2, `${messages} messages for ${BATCHES} batches`)
  }
  await Promise.race([holds(told, lines), holds(heard, lines)])
  t.pass('one of them tells the other that it has them all')
})

test('a reader that gets its blocks by plain replication tells a peer that has more what it holds', async (t) => {
  const log = await createLog(t)
  const writer = await Host.start(t, log)
  const between = await createCopy(t, log)
  between.download({ start: 0, end: -1 })
  let asked = 0
  const refuse: Answer = ({ refuse }, id) => {
    asked++
    refuse.send({ id })
  }
  const refused = impersonate(between, refuse, 1)
  const relay = await Host.start(t, between)
  const copy = await Copy.open(t, log.key)
  const reading = await Host.start(t, copy.core)
  await relay.connect(writer)
  await reading.connect(relay)
  await refused
  for (let i = 0; i < 8; i++) {
    await log.append(b4a.from(`line ${i}`))
    await copy.until(i + 1)
  }
  t.is(copy.downloads, 8, 'so that Hypercore can ask it for the next block')
  // each time it is asked again it is told as well
  t.ok(asked < 4, `and not when it asks for a feed again (${asked} times)`)
})

test('the end of the log and its blocks are held back together, and not told to a peer that has them', async (t) => {
  const { log, copy, reader } = await createPair(t, ['a', 'b', 'c'])
  await Promise.all([0, 1, 2].map((seq) => copy.get(seq)))
  await holds(reader, 3)
  const sent: string[] = []
  tap(reader.wireSync, () => sent.push('end'))
  tap(reader.wireRange, ({ length }) => sent.push(`${length} blocks`))
  let told = true
  let ondue: () => void = () => {}
  const announcements = new AnnouncementBuffer(reader, log.fork, {
    delay: () => 1,
    isToldAll() {
      ondue()
      return told
    }
  })
  const due = (): Promise<void> => new Promise((resolve) => (ondue = resolve))
  const announce = (length: number, downloading = false): Promise<void> => {
    const { fork } = log
    reader.wireSync.send({ ...SYNC, fork, length, downloading })
    reader.wireRange.send({ start: 0, length, drop: false })
    return due()
  }

  const first = announce(3)
  t.alike(sent, [], 'at first nothing is sent')
  await first
  t.alike(sent, ['end', '3 blocks'], 'then both, where the peer is told of all')
  told = false
  await announce(3)
  t.is(sent.length, 2, 'what the peer has is not told again')
  await announce(4)
  t.alike(sent.splice(2), ['end', '4 blocks'], 'but what it has not')
  reader.wireRange.send({ start: 3, length: 1, drop: false })
  await due()
  t.alike(sent.splice(2), ['1 blocks'], 'be it blocks alone')
  reader.wireSync.send({ ...SYNC, fork: log.fork, length: 4 })
  await due()
  t.alike(sent.splice(2), ['end'], 'or the end alone')
  await announce(3, true)
  t.alike(sent.splice(2), ['end', '3 blocks'], 'or that something else has changed')
  await announce(3, true)
  t.is(sent.length, 2)
  announcements.flush()
  t.alike(sent.splice(2), ['end', '3 blocks'], 'or when it is to be told now')
  await announce(3, true)
  reader.wireSync.send({ ...SYNC, fork: log.fork + 1, length: 2 })
  t.alike(sent.splice(2), ['end', '3 blocks', 'end'], 'or when the log is another: after what was')
  reader.wireRange.send({ start: 0, length: 2, drop: false })
  await due()
  t.alike(sent.splice(2), ['2 blocks'], 'on which the peer may hold nothing')
  announcements.close()
})

/** Has `onsend` called with what is sent on `wire`. */
function tap<T>(wire: { send: (message: T) => unknown }, onsend: (message: T) => void): void {
  const { send } = wire
  wire.send = (message) => {
    onsend(message)
    return send.call(wire, message)
  }
}

function peerOf({ core }: Host, { publicKey }: Host): Peer {
  const peer = core.peers.find(({ remotePublicKey }) => b4a.equals(remotePublicKey, publicKey))
  if (peer === undefined) throw new Error('the two are not connected')
  return peer
}

/** Resolves once `peer` has told that it holds `lines`. */
async function holds(peer: Peer, lines = LINES): Promise<void> {
  const { onmessage } = peer.wireRange
  while (peer.remoteContiguousLength < lines) {
    await new Promise<void>((resolve) => {
      peer.wireRange.onmessage = (message, channel) => {
        resolve(onmessage(message, channel) as void)
      }
    })
  }
}

const SILENT: ChannelEvents = {
  onopen() {},
  onclose() {},
  onhops() {},
  onkept() {},
  onsubscribe() {},
  onbegin() {},
  onbatch() {},
  onack() {},
  onrefuse() {},
  onchallenge() {},
  onrival() {},
  onwant() {},
  onsigned() {},
  onunreadable() {}
}

closeTestnet()
