import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Peer } from 'hypercore'
import Protomux from 'protomux'
import { type Messages, sendMessage } from '../../shared/upstream/hypercore-messages.ts'
import {
  type RemoteLog,
  PEER_MEMBERS,
  assertPeer,
  answersOwed,
  askForHoldings,
  remoteLogOf,
  connectionOf,
  heldFrom,
  holdsBlocks,
  isPaused,
  muxOf,
  refuseWhilePaused,
  requestsOpen
} from '../../shared/upstream/hypercore-peer.ts'
import { setEagerUpgrade } from '../../shared/upstream/hypercore-replicator.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { hasMembers, installed } from './installed.ts'
import { type Pair, createPair } from './pair.ts'

/** Why a peer sends no block: its log is on another fork, or it holds the block no longer. */
const NOT_AVAILABLE = 1
/** Of the last 256 blocks Hypercore tells every peer. */
const LENGTH = 1000

test(`${installed('hypercore')}: what a peer has said is there`, async (t) => {
  const { reader } = await createPair(t, [])
  hasMembers(t, 'hypercore', reader, PEER_MEMBERS)
  assertPeer(reader)
  const without = Object.create(reader, { inflight: { value: undefined } }) as Peer
  await t.exception(
    () => assertPeer(without),
    /has no number peer.inflight, which this app relies on/
  )
})

test(`${installed('hypercore')}: remoteSynced, remoteFork, remoteLength, remoteHasManifest`, async (t) => {
  let onsync: () => void = () => {}
  const { log, source } = await createPair(t, numbered(3), {
    atCopy: {
      async sync(message, handle) {
        await handle(message)
        onsync()
      }
    }
  })
  const until = async (length: number, fork: number): Promise<void> => {
    while (remoteLogOf(source).length !== length || remoteLogOf(source).fork !== fork) {
      await new Promise<void>((resolve) => {
        onsync = resolve
      })
    }
  }
  await until(3, 0)
  t.alike(remoteLogOf(source), { synced: true, fork: 0, length: 3, hasManifest: true })
  await log.truncate(2)
  await until(2, 1)
  t.alike(remoteLogOf(source), { synced: true, fork: 1, length: 2, hasManifest: true })
})

test(`${installed('hypercore')}: a peer that has just come has said nothing`, async (t) => {
  const log = await createLog(t, numbered(3))
  const copy = await createCopy(t, log)
  const claim = new Promise<RemoteLog>((resolve) => {
    copy.once('peer-add', (peer) => resolve(remoteLogOf(peer)))
  })
  connect(t, log, copy)
  t.alike(await claim, { synced: false, fork: 0, length: 0, hasManifest: false })
})

test(`${installed('hypercore')}: stream and protomux are those of the connection`, async (t) => {
  const { reader, source } = await createPair(t, [])
  t.ok(b4a.equals(connectionOf(reader).remotePublicKey, publicKeyOf(connectionOf(source))))
  t.is(muxOf(reader), Protomux.from(connectionOf(reader)))
})

test(`${installed('hypercore')}: inflight counts what a peer owes`, async (t) => {
  const asked: (() => void)[] = []
  const requests: (() => unknown)[] = []
  const { copy, reader, source } = await createPair(t, numbered(3), {
    atLog: {
      request(message, handle) {
        requests.push(() => handle(message))
        for (const resolve of asked.splice(0)) resolve()
        return null
      }
    }
  })
  setEagerUpgrade(copy, true)
  const upgraded = copy.update({ wait: true })
  await new Promise<void>((resolve) => asked.push(resolve))
  t.is(answersOwed(source), 1, 'one answer is owed')
  requests.splice(0).forEach((answer) => answer())
  t.is(await upgraded, true)
  t.is(answersOwed(source), 0, 'none once it has come')
  t.is(requestsOpen(reader), 0)
})

test(`${installed('hypercore')}: remoteRequests counts what Hypercore is dealing with`, async (t) => {
  const counts: number[] = []
  const { copy, reader } = await createPair(t, numbered(3), {
    atLog: {
      request(message, handle) {
        const handled = handle(message)
        counts.push(requestsOpen(reader))
        return handled
      }
    }
  })
  await copy.update({ wait: true })
  await copy.get(2)
  t.ok(Math.max(...counts) > 0, 'while it reads')
  t.is(requestsOpen(reader), 0, 'and none behind the last answer')
})

test(`${installed('hypercore')}: wireWant asks, remoteBitfield and remoteContiguousLength tell`, async (t) => {
  let onbitfield: () => void = () => {}
  let onbarrier: () => void = () => {}
  const { copy, reader, source } = await createPair(t, numbered(LENGTH), {
    atLog: {
      noData(message, handle) {
        onbarrier()
        return handle(message)
      },
      bitfield(message, handle) {
        const handled = handle(message)
        onbitfield()
        return handled
      }
    }
  })
  await copy.update({ wait: true })
  await copy.download({ start: 10, end: 20 }).done()
  const passed = new Promise<void>((resolve) => {
    onbarrier = resolve
  })
  sendMessage(source, 'noData', { request: 2 ** 30, reason: 0 })
  await passed
  t.absent(holdsBlocks(reader, 10, 20), 'far from the end nothing is told unasked')
  const told = new Promise<void>((resolve) => {
    onbitfield = resolve
  })
  askForHoldings(reader, 10, 20)
  await told
  t.ok(holdsBlocks(reader, 10, 20), 'asked, it is')
  t.absent(holdsBlocks(reader, 9, 20))
  t.absent(holdsBlocks(reader, 10, 21))
  t.alike([heldFrom(reader, 9, 20), heldFrom(reader, 10, 15), heldFrom(reader, 10, 30)], [0, 5, 10])
  t.is(heldFrom(source, 5, LENGTH + 1), LENGTH - 5)
  t.ok(holdsBlocks(source, 0, LENGTH), 'a log without holes is told of by one number')
  t.absent(holdsBlocks(source, 0, LENGTH + 1))
})

test(`${installed('hypercore')}: a peer that has refused 32 blocks is paused, and not before`, async (t) => {
  const { refusals, states } = await createPausedPair(t)
  t.is(states.indexOf(true), 31)
  t.ok(refusals >= 32)
})

for (const [asks, request] of [
  ['for a block that is not here', { fork: 0, block: { index: 60, nodes: 0 }, upgrade: null }],
  ['of another fork', { fork: 7, block: null, upgrade: { start: 0, length: 64 } }]
] as const) {
  test(`${installed('hypercore')}: _fulfillRequest refuses a paused peer that asks ${asks}`, async (t) => {
    const { reader, source, toldOfRefusal } = await createPausedPair(t)
    refuseWhilePaused(source)
    const refused = toldOfRefusal()
    const message = { id: 9, hash: null, seek: null, ...request }
    sendMessage(reader, 'request', message)
    t.alike(await refused, { request: 9, reason: NOT_AVAILABLE })
  })
}

/** A pair whose log has refused so many blocks that the copy has paused it. */
async function createPausedPair(t: Test): Promise<
  Pair & {
    refusals: number
    /** Whether the log was paused after each of them. */
    states: boolean[]
    /** Resolves to the next refusal of the copy. */
    toldOfRefusal(): Promise<Messages['noData']>
  }
> {
  let refusals = 0
  const states: boolean[] = []
  let onpaused: () => void = () => {}
  let onrefusal: (message: Messages['noData']) => void = () => {}
  const pair = await createPair(t, numbered(64), {
    atLog: {
      request(message, handle) {
        if (pair.copy.length === 0) return handle(message)
        refusals++
        return sendMessage(pair.reader, 'noData', { request: message.id, reason: NOT_AVAILABLE })
      },
      noData(message, handle) {
        onrefusal(message)
        return handle(message)
      }
    },
    atCopy: {
      async noData(message, handle) {
        await handle(message)
        states.push(isPaused(pair.source))
        if (isPaused(pair.source)) onpaused()
      }
    }
  })
  const paused = new Promise<void>((resolve) => {
    onpaused = resolve
  })
  await pair.copy.update({ wait: true })
  pair.copy
    .download({ start: 0, end: 64 })
    .done()
    .catch(() => {})
  await paused
  const toldOfRefusal = (): Promise<Messages['noData']> =>
    new Promise((resolve) => {
      onrefusal = resolve
    })
  return { ...pair, refusals, states, toldOfRefusal }
}

function publicKeyOf(connection: object): Uint8Array {
  return (connection as { publicKey: Uint8Array }).publicKey
}
