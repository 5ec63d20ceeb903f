import { test } from 'brittle'
import type { Peer } from 'hypercore'
import type { FeedPeer } from '../../shared/feed/candidate.ts'
import { SignsOfLife } from '../../shared/replication/signs-of-life.ts'

const CROWD = 32

interface Counted {
  counted: {
    rawStream: { packetsReceived: number; rtoCount: number }
    asked: number
    times: number[]
  }
  peer: Peer
}

/** As much of a peer as tells what has come from it, what it has not acknowledged, and what it is sent. */
function create(own: boolean): Counted {
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
  const all = [source.peer, other.peer, third.peer]
  const signs = new SignsOfLife()
  const look = (): void => signs.look({ all, source: source.peer, links: [], known: CROWD })
  other.counted.rawStream.rtoCount = 1
  look()
  t.is(third.counted.asked, 0, 'it may have been a loss')
  source.counted.rawStream.rtoCount = 1
  source.counted.rawStream.packetsReceived++
  look()
  t.is(third.counted.asked, 0, 'it is slow')
  look()
  t.alike(
    [source, other, third].map(({ counted }) => counted.asked),
    [1, 1, 1]
  )

  const later = new SignsOfLife()
  const fourth = create(true)
  other.counted.rawStream.rtoCount = 2
  later.look({ all: [other.peer, fourth.peer], source: null, links: [], known: CROWD })
  t.is(fourth.counted.asked, 1, 'another that has not answered twice seems dead')
})

test('what comes puts off showing that we are alive, where it is the turn of the peer', (t) => {
  const [dialled, accepted, source, follower] = [true, false, false, true].map(create) as [
    Counted,
    Counted,
    Counted,
    Counted
  ]
  const all = [dialled, accepted, source, follower].map(({ peer }) => peer)
  const signs = new SignsOfLife()
  const links = [{ peer: follower.peer, followsUs: true } as FeedPeer]
  const look = (): void => signs.look({ all, source: source.peer, links, known: CROWD })
  look()
  look()
  for (const { counted } of [dialled, accepted, source, follower]) {
    counted.rawStream.packetsReceived++
  }
  look()
  t.alike(
    [dialled, accepted, source, follower].map(({ counted }) => counted.times),
    [[25_000], [31_250, 31_250], [3000], [6000, 6000]]
  )
})
