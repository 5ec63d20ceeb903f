import { test } from 'brittle'
import {
  ANNOUNCE_DELAY_MS,
  SOON_MS,
  WRITER_ANNOUNCE_DELAY_MS,
  announceDelay,
  endsOf,
  isToldAll
} from '../../shared/feed/announce-delay.ts'
import { NO_PATH } from '../../shared/feed/messages.ts'

const READER = {
  isWriter: false,
  isPlain: false,
  catchesUp: false,
  peerHops: 2,
  sinceTold: Infinity
}

test('a peer with a path is told of many blocks at once', (t) => {
  t.is(announceDelay({ ...READER, sinceTold: 0 }), ANNOUNCE_DELAY_MS)
  t.is(announceDelay({ ...READER, sinceTold: 1000 }), ANNOUNCE_DELAY_MS - 1000)
  t.is(announceDelay({ ...READER, sinceTold: 0, catchesUp: true }), ANNOUNCE_DELAY_MS)
  t.is(announceDelay(READER), WRITER_ANNOUNCE_DELAY_MS, 'and soon after a pause')
})

test('a writer and its readers tell each other sooner', (t) => {
  t.is(announceDelay({ ...READER, isWriter: true }), WRITER_ANNOUNCE_DELAY_MS)
  t.is(announceDelay({ ...READER, peerHops: 0 }), WRITER_ANNOUNCE_DELAY_MS)
  const catchesUp = { ...READER, peerHops: 0, catchesUp: true }
  t.is(announceDelay(catchesUp), WRITER_ANNOUNCE_DELAY_MS, 'while they catch up too')
})

test('a peer without a path is told at once of what we hold', (t) => {
  const lost = { ...READER, peerHops: NO_PATH }
  t.is(announceDelay(lost), 0)
  t.is(announceDelay({ ...lost, sinceTold: 1 }), 0, 'and of all that follows')
  t.is(announceDelay({ ...lost, isWriter: true }), 0)
})

test('of readers that catch up each tells the others at first, then now and then', (t) => {
  const both = { ...READER, peerHops: NO_PATH, catchesUp: true }
  t.is(announceDelay(both), SOON_MS, 'that it has something')
  t.is(announceDelay({ ...both, sinceTold: 0 }), ANNOUNCE_DELAY_MS)
  t.is(announceDelay({ ...both, sinceTold: 1000 }), ANNOUNCE_DELAY_MS - 1000)
  t.is(announceDelay({ ...both, sinceTold: ANNOUNCE_DELAY_MS }), SOON_MS)
})

test('blocks come by plain replication where no source is followed, or it is contested', (t) => {
  const following = { source: {}, contested: false, catchesUp: false }
  const reader = { isWriter: false, isPlain: false, catchesUp: false, peerHops: 2 }
  t.alike(endsOf(null, 2), { ...reader, isWriter: true })
  t.alike(endsOf(following, 2), reader)
  t.alike(endsOf({ ...following, catchesUp: true }, 2), { ...reader, catchesUp: true })
  t.alike(endsOf({ ...following, source: null }, 2), { ...reader, isPlain: true })
  t.alike(endsOf({ ...following, contested: true }, 2), { ...reader, isPlain: true })
})

test('where blocks come by plain replication nothing is held back', (t) => {
  t.is(announceDelay({ ...READER, isPlain: true }), 0)
  t.is(announceDelay({ ...READER, isPlain: true, sinceTold: 0 }), 0)
})

test('between readers with a path a peer is not told of what it has itself', (t) => {
  t.absent(isToldAll(READER))
  t.absent(isToldAll({ ...READER, peerHops: NO_PATH - 1 }))
  t.ok(isToldAll({ ...READER, peerHops: NO_PATH }), 'it chooses a source by it')
  t.ok(isToldAll({ ...READER, peerHops: 0 }), 'a writer waits for it')
  t.ok(isToldAll({ ...READER, isWriter: true }), 'and its peers see by it whether they have all')
  t.ok(isToldAll({ ...READER, isPlain: true }), 'Hypercore asks only peers that know')
})
