import { test } from 'brittle'
import type { Peer } from 'hypercore'
import { SignsOfLife } from '../../shared/replication/signs-of-life.ts'

const CROWD = 32

/** As much of a peer as tells what has come from it, what it has not acknowledged, and what it is sent. */
function create(own: boolean) {
  const rawStream = { bytesReceived: 20, packetsReceived: 1, rtoCount: 0 }
  const counted = {
    rawStream,
    isInitiator: own,
    asked: 0,
    times: [] as number[],
    sendKeepAlive: () => counted.asked++,
    setKeepAlive: (ms: number) => counted.times.push(ms)
  }
  return { counted, peer: { stream: counted } as unknown as Peer }
}

test('all are asked for a sign of life once one seems dead, and sooner where it is the source', (t) => {
  const [source, other, third] = [create(true), create(true), create(true)]
  const peers = [source.peer, other.peer, third.peer]
  const signs = new SignsOfLife()
  other.counted.rawStream.rtoCount = 1
  signs.look(peers, source.peer, CROWD)
  t.is(third.counted.asked, 0, 'it may have been a loss')
  source.counted.rawStream.rtoCount = 1
  signs.look(peers, source.peer, CROWD)
  t.alike(
    [source, other, third].map(({ counted }) => counted.asked),
    [1, 1, 1]
  )

  const later = new SignsOfLife()
  const fourth = create(true)
  other.counted.rawStream.rtoCount = 2
  later.look([other.peer, fourth.peer], null, CROWD)
  t.is(fourth.counted.asked, 1, 'another that has not answered twice seems dead')
})

test('what comes puts off showing that we are alive, where the peer has dialled and is no source', (t) => {
  const [dialled, accepted, source] = [create(true), create(false), create(false)]
  const peers = [dialled.peer, accepted.peer, source.peer]
  const signs = new SignsOfLife()
  const look = (): void => signs.look(peers, source.peer, CROWD)
  look()
  look()
  for (const { counted } of [dialled, accepted, source]) counted.rawStream.packetsReceived++
  look()
  t.alike(
    [dialled, accepted, source].map(({ counted }) => counted.times.length),
    [1, 2, 1]
  )
})
