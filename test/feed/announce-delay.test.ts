import { test } from 'brittle'
import {
  ANNOUNCE_DELAY_MS,
  SOON_MS,
  WRITER_ANNOUNCE_DELAY_MS,
  announceDelay,
  isToldAll
} from '../../shared/feed/announce-delay.ts'
import { NO_PATH } from '../../shared/feed/messages.ts'

const READER = { isWriter: false, catchesUp: false, peerHops: 2, sinceTold: Infinity }

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

test('between readers with a path a peer is not told of what it has itself', (t) => {
  t.absent(isToldAll({ isWriter: false, peerHops: 1 }))
  t.absent(isToldAll({ isWriter: false, peerHops: NO_PATH - 1 }))
  t.ok(isToldAll({ isWriter: false, peerHops: NO_PATH }), 'it chooses a source by it')
  t.ok(isToldAll({ isWriter: false, peerHops: 0 }), 'a writer waits for it')
  t.ok(isToldAll({ isWriter: true, peerHops: 1 }), 'and its peers see by it whether they have all')
})
