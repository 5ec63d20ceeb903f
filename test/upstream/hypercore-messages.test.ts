import b4a from 'b4a'
import { test } from 'brittle'
import type { Peer } from 'hypercore'
import { filterMessages } from '../../shared/limits/message-filter.ts'
import { askForHoldings, remoteLogOf, holdsBlocks } from '../../shared/upstream/hypercore-peer.ts'
import {
  MESSAGE_MEMBERS,
  ROOTS_REQUEST,
  type Range,
  type Receiver,
  type Sync,
  askForRoots,
  interceptKind,
  interceptReceived,
  interceptSent,
  sendMessage
} from '../../shared/upstream/hypercore-messages.ts'
import { verifiedLength } from '../../shared/upstream/hypercore-tree.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { hasMembers, installed } from './installed.ts'
import { PASSING, createPair } from './pair.ts'

/** What a channel has for each kind of message. */
interface Kind {
  onmessage: unknown
}

/** A request of this number was never made. */
const NONE = 2 ** 30
const BLOCKS = numbered(3).map((line) => b4a.from(line))

test(`${installed('hypercore')}: the messages of a peer are there`, async (t) => {
  const { reader } = await createPair(t, [])
  hasMembers(t, 'hypercore', reader, MESSAGE_MEMBERS)
})

test(`${installed('hypercore')}: no kind of message goes past the filter`, async (t) => {
  const log = await createLog(t)
  const copy = await createCopy(t, log)
  const before = new Promise<unknown[]>((resolve) => {
    log.once('peer-add', (peer) => resolve(kindsOf(peer).map(({ onmessage }) => onmessage)))
  })
  filterMessages(log, { onoffence: () => t.fail(), onmishap: () => t.fail() })
  const after = new Promise<unknown[]>((resolve) => {
    log.once('peer-add', (peer) => resolve(kindsOf(peer).map(({ onmessage }) => onmessage)))
  })
  connect(t, log, copy)
  const own = await before
  t.is(own.length, 10, 'Hypercore has ten kinds of messages')
  const unfiltered = (await after).flatMap((onmessage, i) => (onmessage === own[i] ? [i] : []))
  t.alike(unfiltered, [], 'the filter takes each')
})

test(`${installed('hypercore')}: a kind of message that is new is refused in one line`, async (t) => {
  const { reader } = await createPair(t, [])
  kindsOf(reader).push({ onmessage: () => {} })
  try {
    interceptReceived(reader, PASSING)
    t.fail('nothing was thrown')
  } catch (err) {
    t.is(
      String(err),
      `Failure: ${installed('hypercore')} has 11 kinds of messages where this app knows 10: install the version that package.json names`
    )
  }
})

test(`${installed('hypercore')}: onmessage of each kind is what takes the messages`, async (t) => {
  const heard: Promise<void>[] = []
  const { log, copy, reader, source } = await createPair(t, numbered(3), {
    atLog: {
      request: listen(),
      bitfield: listen(),
      cancel: listen(),
      noData: listen(),
      want: listen(),
      unwant: listen(),
      extension: listen()
    },
    atCopy: { sync: listen(), data: listen(), range: listen() }
  })
  t.ok(await copy.update({ wait: true }), 'what is handed on reaches Hypercore')
  t.alike(await copy.get(1), await log.get(1))
  // of a copy with holes
  askForHoldings(reader, 0, 3)
  sendMessage(source, 'cancel', { request: NONE })
  sendMessage(source, 'noData', { request: NONE, reason: 0 })
  sendMessage(source, 'want', { start: 0, length: 32, any: false })
  sendMessage(source, 'unwant', { start: 0, length: 32, any: false })
  sendMessage(source, 'extension', { name: 'test', message: b4a.from('hello') })
  await Promise.all(heard)
  t.is(heard.length, 10, 'each kind was taken')

  function listen<T>(): Receiver<T> {
    let onheard: () => void = () => {}
    heard.push(
      new Promise((resolve) => {
        onheard = resolve
      })
    )
    return (message, handle) => {
      onheard()
      return handle(message)
    }
  }
})

test(`${installed('hypercore')}: send of wireSync and wireRange is what Hypercore calls`, async (t) => {
  let onsync: (length: number) => void = () => {}
  let onbarrier: () => void = () => {}
  const { log, reader, source } = await createPair(t, [], {
    atCopy: {
      async sync(message, handle) {
        await handle(message)
        onsync(message.length)
      },
      noData(message, handle) {
        onbarrier()
        return handle(message)
      }
    }
  })
  const told = (wanted: number): Promise<void> => {
    return new Promise((resolve) => {
      onsync = (length) => {
        if (length === wanted) resolve()
      }
    })
  }
  const syncs: Sync[] = []
  const ranges: Range[] = []
  const sync = interceptSent(reader, 'sync', (message) => syncs.push(message))
  const range = interceptSent(reader, 'range', (message) => ranges.push(message))
  await log.append(BLOCKS)
  const [sent] = syncs.slice(-1)
  t.is(sent?.length, 3, 'the end of the log is announced by wireSync.send')
  const besides = [sent?.downloading, sent?.hasManifest, sent?.allowPush].map((one) => typeof one)
  t.alike(besides, ['boolean', 'boolean', 'boolean'], 'and what the sender does besides')
  t.alike(ranges.at(-1), { drop: false, start: 0, length: 3 }, 'its blocks by wireRange.send')
  const passed = new Promise<void>((resolve) => {
    onbarrier = resolve
  })
  sendMessage(reader, 'noData', { request: NONE, reason: 0 })
  await passed
  t.is(remoteLogOf(source).length, 0, 'and by nothing else')

  let heard = told(3)
  for (const message of ranges) range.send(message)
  for (const message of syncs) sync.send(message)
  await heard
  t.ok(holdsBlocks(source, 0, 3), 'what was held back arrives once it is sent')

  range.restore()
  sync.restore()
  heard = told(6)
  await log.append(BLOCKS)
  await heard
  t.is(ranges.length, 1, 'with the hooks gone Hypercore announces by itself')
})

test(`${installed('hypercore')}: request 0 is answered with the roots, and what was signed behind them`, async (t) => {
  const { log, copy, source } = await createPair(t, numbered(7))
  await copy.update({ wait: true })
  for (const length of [4, 7]) {
    const answer = new Promise<[number, number, number | null]>((resolve) => {
      interceptKind(source, 'data', async (message, handle) => {
        const { request, fork, upgrade } = message
        if (request !== ROOTS_REQUEST || upgrade === null) return handle(message)
        resolve([upgrade.start, upgrade.length, await verifiedLength(copy, fork, upgrade)])
        return null
      })
    })
    askForRoots(source, 0, length)
    t.alike(await answer, [0, length, log.length])
  }
})

function kindsOf(peer: Peer): Kind[] {
  return (peer as Peer & { channel: { messages: Kind[] } }).channel.messages
}
