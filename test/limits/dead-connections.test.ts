import { test } from 'brittle'
import type { Connection } from 'hyperswarm'
import { askForLife, isSilent } from '../../shared/limits/dead-connections.ts'

/** As much of a connection as tells what has come on it, and how often the peer was asked. */
function create() {
  const rawStream = { bytesReceived: 20, packetsReceived: 1 }
  const counted = { rawStream, asked: 0, sendKeepAlive: () => counted.asked++ }
  return { counted, connection: counted as unknown as Connection }
}

test('a peer that was asked for a sign of life is silent until something comes', (t) => {
  const { counted, connection } = create()
  t.absent(isSilent(connection), 'not before')
  askForLife(connection)
  t.ok(isSilent(connection))
  t.is(counted.asked, 1)
  counted.rawStream.packetsReceived++
  t.absent(isSilent(connection))
})

test('a peer is not asked again just after: how often others seem dead does not decide on it', (t) => {
  const { counted, connection } = create()
  askForLife(connection)
  counted.rawStream.packetsReceived++
  askForLife(connection)
  t.is(counted.asked, 1)
  t.absent(isSilent(connection), 'what it has shown counts')
})

test('a peer that is asked again, and silent, has been since it was asked first', (t) => {
  const { counted, connection } = create()
  for (const at of [1000, 3000, 5000]) askForLife(connection, at)
  t.is(counted.asked, 3)
  t.ok(isSilent(connection, 4000, 5000))
  t.absent(isSilent(connection, 4001, 5000))
  counted.rawStream.packetsReceived++
  askForLife(connection, 7000)
  t.ok(isSilent(connection, 1000, 8000))
  t.absent(isSilent(connection, 1001, 8000), 'or since the last sign that it gave')
})
