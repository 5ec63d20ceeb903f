import b4a from 'b4a'
import type { Peer } from 'hypercore'
import type { Message } from 'protomux'
import * as wire from '../../shared/feed/messages.ts'
import { type Attack, SYNC, ask, onrequest, say } from '../helpers/hostile.ts'
import { Random } from '../helpers/random.ts'

/** The length of the log that is attacked. */
export const LENGTH = 100
/** More small messages than a peer may save up, and get while they are sent: see rate-limit.ts. */
const FLOOD = 60_000
/** The greatest number that a message can carry. */
const HUGE = Number.MAX_SAFE_INTEGER
const HASH = b4a.alloc(32, 7)

const feeds = new WeakMap<
  Peer,
  { status: Message<wire.Status>; subscribe: Message<wire.Subscribe> }
>()
/** The length of an encrypted message. */
const TWENTY = b4a.from([20, 0, 0])
const SIGNATURE = b4a.alloc(64, 7)

/** What a hostile peer says without being asked. */
export const ATTACKS: Record<string, Attack> = {
  'claims blocks without end': {
    messages: 1,
    dropped: true,
    run: (peer) => say(peer, 'range', { drop: false, start: 1, length: HUGE - 1 })
  },
  'claims all blocks that there could be': {
    messages: 1,
    dropped: false,
    run: (peer) => say(peer, 'range', { drop: false, start: 0, length: HUGE })
  },
  'gives up blocks without end': {
    messages: 1,
    dropped: true,
    run: (peer) => say(peer, 'range', { drop: true, start: 0, length: HUGE })
  },
  'describes blocks far out': {
    messages: 1,
    dropped: true,
    run: (peer) =>
      say(peer, 'bitfield', { start: 2 ** 45, bitfield: new Uint32Array(1024).fill(HUGE) })
  },
  'claims blocks as far out as it may': {
    messages: 32,
    dropped: false,
    run: times(32, (peer, i) => {
      say(peer, 'range', { drop: false, start: 2 ** 21 * i + 1, length: 2 ** 20 })
    })
  },
  'claims blocks and gives them up over and over': {
    messages: 100,
    dropped: true,
    run: times(100, (peer, i) => {
      say(peer, 'range', { drop: i % 2 === 1, start: 1, length: 2 ** 26 - 1 })
    })
  },
  'describes blocks so far out that no memory would do': {
    messages: 10_000,
    dropped: false,
    run: times(10_000, (peer, i) => {
      say(peer, 'range', { drop: false, start: 2 ** 39 + 2 ** 22 * i, length: 1 })
    })
  },
  'wants blocks without end': {
    messages: 1000,
    dropped: false,
    run: times(1000, (peer, i) =>
      say(peer, 'want', { start: i, length: HUGE - i, any: i % 2 === 0 })
    )
  },
  'wants everything over and over': {
    messages: 10_000,
    dropped: false,
    run: times(10_000, (peer) => say(peer, 'want', { start: 0, length: 2 ** 21, any: false }))
  },
  'claims one fork after the other': {
    messages: 5000,
    dropped: true,
    run: times(5000, (peer, i) => say(peer, 'sync', { ...CLAIM, fork: i + 1, length: 10 }))
  },
  'claims a longer log with every message': {
    messages: FLOOD,
    dropped: false,
    run: flood(FLOOD, (peer, i) => say(peer, 'sync', { ...CLAIM, length: i + 10 }))
  },
  'claims the longest log of all and answers nothing': {
    messages: 1,
    dropped: false,
    run: (peer) => say(peer, 'sync', { ...CLAIM, length: HUGE })
  },
  'asks for more than it reads': {
    messages: 10_000,
    dropped: true,
    run(peer) {
      peer.stream.pause()
      for (let id = 1; id <= 10_000; id++) ask(peer, id, 0)
    }
  },
  'asks for what is not there': {
    messages: 1000,
    dropped: false,
    run: times(1000, (peer, i) => ask(peer, i + 1, 10 ** 9 + i))
  },
  'asks for proofs of nonsense': {
    messages: 8,
    dropped: false,
    run: times(8, (peer, i) =>
      ask(peer, i + 1, 0, { block: null, upgrade: { start: HUGE - i, length: HUGE } })
    )
  },
  'takes back requests that it never made': {
    messages: FLOOD,
    dropped: false,
    run: flood(FLOOD, (peer, i) => say(peer, 'cancel', { request: i }))
  },
  'refuses what nobody asked for': {
    messages: FLOOD,
    dropped: false,
    run: flood(FLOOD, (peer, i) => say(peer, 'noData', { request: i, reason: i % 3 }))
  },
  'sends proofs of conflicts that nobody asked for': {
    messages: 2000,
    dropped: false,
    run: times(2000, (peer) => {
      say(peer, 'data', { ...data.empty, upgrade: { ...data.upgrade, start: 0, length: 1 } })
    })
  },
  'sends blocks of forks that do not exist': {
    messages: 2000,
    dropped: false,
    run: times(2000, (peer, i) => {
      say(peer, 'data', {
        ...data.empty,
        fork: i + 1,
        upgrade: { ...data.upgrade, start: 0, length: 8 }
      })
    })
  },
  'speaks an extension that nobody knows': {
    messages: 10_000,
    dropped: false,
    run: times(10_000, (peer, i) => say(peer, 'extension', { name: `x${i}`, message: HASH }))
  },
  'opens channels that nobody serves': {
    messages: 10_000,
    dropped: false,
    run: times(10_000, (peer, i) => {
      peer.protomux.createChannel({ protocol: `p${i}`, id: HASH })?.open()
    })
  },
  'asks for the feed over and over': {
    messages: 50_000,
    dropped: true,
    meet: openFeed,
    run: flood(50_000, (peer, i) => {
      const from = 1 + (i % (LENGTH - 1))
      const request = {
        id: i + 1,
        fork: 0,
        length: 0,
        skip: { from },
        manifest: true,
        tree: null,
        waited: 0
      }
      feeds.get(peer)?.subscribe.send(request)
    })
  },
  'goes away from the writer and back without end': {
    messages: 50_000,
    dropped: true,
    meet: openFeed,
    run: flood(50_000, (peer, i) => {
      feeds.get(peer)?.status.send({ hops: i % 2 === 0 ? 0 : wire.NO_PATH })
    })
  },
  'sends noise in the place of messages': {
    messages: 300,
    dropped: false,
    run(peer) {
      const random = new Random(1)
      for (let i = 0; i < 300; i++) peer.stream.write(noise(random, random.within(1, 200)))
    }
  },
  'sends messages of noise': {
    messages: 3000,
    dropped: false,
    run(peer) {
      const random = new Random(2)
      for (let i = 0; i < 3000; i++) {
        // the replication is the first channel, and its messages have numbers from 0 to 9
        peer.stream.write(b4a.concat([b4a.from([1, i % 10]), noise(random, random.within(0, 60))]))
      }
    }
  },
  'breaks the encryption': {
    messages: 100,
    dropped: true,
    run(peer) {
      const { rawStream } = peer.stream as unknown as { rawStream: typeof peer.stream }
      const random = new Random(3)
      // 20 bytes that the other side cannot decrypt
      for (let i = 0; i < 100; i++) rawStream.write(b4a.concat([TWENTY, noise(random, 20)]))
    }
  },
  'leaves in the middle of a message': {
    messages: 1,
    dropped: false,
    run(peer) {
      ask(peer, 1, 0)
      peer.stream.destroy()
    }
  }
}

/** What a hostile peer answers when it is asked for something. */
export const LIES: Record<string, Attack> = {
  'answers an upgrade with a lie, then asks for what is not there': {
    messages: 4,
    dropped: true,
    run(peer) {
      onrequest(peer, ({ id }) => {
        say(peer, 'data', { ...data.empty, request: id, upgrade: data.upgrade })
        // Hypercore 11.37 does not survive this of a peer that it no longer listens to
        ask(peer, 1, 10 ** 9)
        ask(peer, 2, 10 ** 9)
      })
      say(peer, 'sync', { ...CLAIM, length: 1000 })
    }
  },
  'answers with forged blocks': {
    messages: 2,
    dropped: true,
    run(peer) {
      onrequest(peer, ({ id, block }) => {
        const value = b4a.from('forged')
        say(peer, 'data', {
          ...data.empty,
          request: id,
          block: block && { index: block.index, value, nodes: [] },
          upgrade: data.upgrade
        })
      })
      say(peer, 'sync', { ...CLAIM, length: 1000 })
    }
  }
}

const CLAIM = { ...SYNC, remoteLength: LENGTH }

const data = {
  empty: {
    request: 0,
    fork: 0,
    block: null,
    hash: null,
    seek: null,
    upgrade: null,
    manifest: null
  },
  upgrade: {
    start: LENGTH,
    length: 1000 - LENGTH,
    nodes: [{ index: 1, size: 9, hash: HASH }],
    additionalNodes: [],
    signature: SIGNATURE
  }
}

/** Opens the feed beside the replication that `peer` is, and says nothing. */
function openFeed(peer: Peer): void {
  const { discoveryKey: id } = peer.core
  const channel = peer.protomux.createChannel({ protocol: wire.PROTOCOL, id })
  if (channel === null) throw new Error('the feed is open already')
  const status = channel.addMessage<wire.Status>({ encoding: wire.status })
  const subscribe = channel.addMessage({ encoding: wire.subscribe })
  channel.open()
  feeds.set(peer, { status, subscribe })
}

function times(count: number, then: (peer: Peer, i: number) => void): (peer: Peer) => void {
  return (peer) => {
    for (let i = 0; i < count; i++) then(peer, i)
  }
}

/** The same in pieces of a hundred: each by itself costs its sender more than the one that it is sent to. */
function flood(count: number, then: (peer: Peer, i: number) => void): (peer: Peer) => void {
  return (peer) => {
    for (let start = 0; start < count; start += 100) {
      peer.protomux.cork()
      for (let i = start; i < start + 100; i++) then(peer, i)
      peer.protomux.uncork()
    }
  }
}

function noise(random: Random, length: number): Uint8Array {
  const bytes = b4a.alloc(length)
  for (let i = 0; i < length; i++) bytes[i] = random.below(256)
  return bytes
}
