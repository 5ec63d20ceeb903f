import { type Test, test } from 'brittle'
import type { Hypercore, Peer } from 'hypercore'
import { filterMessages } from '../../shared/limits/message-filter.ts'
import { holdsBlocks } from '../../shared/upstream/hypercore-peer.ts'
import {
  type Receivers,
  interceptReceived,
  sendMessage
} from '../../shared/upstream/hypercore-messages.ts'
import { setEagerUpgrade } from '../../shared/upstream/hypercore-replicator.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { PASSING } from '../upstream/pair.ts'

const LENGTH = 100_000_000
/** A peer is asked for so many blocks at once, and tells of all of them. */
const BATCH = 2 ** 21
const LAST_BATCH = Math.floor(LENGTH / BATCH) * BATCH
/** A request of this number was never made. */
const NONE = 2 ** 30

test('a copy that is empty takes it that a peer holds a log of 100 million blocks', async (t) => {
  const { reader, source, offences, passed } = await meet(t)
  sendMessage(reader, 'sync', SYNC)
  sendMessage(reader, 'range', { drop: false, start: 0, length: LENGTH })
  await passed()
  t.alike(offences, [])
  t.ok(holdsBlocks(source, 0, LENGTH))
})

test('a copy that is empty hears of the parts of such a log once it knows its end', async (t) => {
  const { copy, reader, source, offences, passed, asked, told } = await meet(t)
  sendMessage(reader, 'sync', SYNC)
  // it has deleted what is old, holds the end but for two blocks, and tells of each new one
  sendMessage(reader, 'range', { drop: true, start: 0, length: LENGTH - 2 * BATCH })
  sendMessage(reader, 'range', { drop: false, start: LENGTH - 1000, length: 900 })
  sendMessage(reader, 'bitfield', { start: LAST_BATCH, bitfield: new Uint32Array(BATCH / 32) })
  for (let index = LENGTH - 98; index < LENGTH; index++) {
    sendMessage(reader, 'range', { drop: false, start: index, length: 1 })
  }
  await passed()
  t.alike(offences, [])
  t.absent(holdsBlocks(source, LENGTH - 1, LENGTH), 'what may be a lie takes no memory')

  Object.defineProperty(copy, 'length', { value: LENGTH })
  copy.emit('append')
  t.alike(await asked(), { start: LAST_BATCH, length: BATCH, any: false })
  sendMessage(reader, 'bitfield', {
    start: LAST_BATCH,
    bitfield: new Uint32Array(BATCH / 32).fill(2 ** 32 - 1)
  })
  await told()
  t.ok(holdsBlocks(source, LENGTH - 1, LENGTH), 'what the peer answers is taken')
  t.alike(offences, [])
})

test('a peer is asked once for what it told too early', async (t) => {
  const { copy, reader, asked, passed } = await meet(t)
  sendMessage(reader, 'range', { drop: false, start: LENGTH - 1, length: 1 })
  await passed()
  Object.defineProperty(copy, 'length', { value: LENGTH, configurable: true })
  for (let i = 0; i < 3; i++) copy.emit('append')
  sendMessage(reader, 'range', { drop: false, start: 2 * LENGTH, length: 1 })
  await passed()
  Object.defineProperty(copy, 'length', { value: 2 * LENGTH + 1 })
  copy.emit('append')
  t.is((await asked()).start, LAST_BATCH)
  t.is((await asked()).start, Math.floor((2 * LENGTH) / BATCH) * BATCH)
})

const SYNC = {
  fork: 0,
  length: LENGTH,
  remoteLength: 0,
  canUpgrade: true,
  uploading: true,
  downloading: true,
  hasManifest: true,
  allowPush: false
}

/** An empty copy of a log that has met a peer, which says what the test has it say. */
interface Meeting {
  copy: Hypercore
  /** The copy, as the peer sees it. */
  reader: Peer
  /** The peer, as the copy sees it. */
  source: Peer
  /** Why the peer was dropped. */
  offences: string[]
  /** Resolves once all that the peer has said so far was taken. */
  passed(): Promise<void>
  /** Resolves to what the copy asks for next. */
  asked(): Promise<{ start: number; length: number }>
  /** Resolves once Hypercore has taken a bitfield. */
  told(): Promise<void>
}

async function meet(t: Test): Promise<Meeting> {
  const log = await createLog(t)
  const copy = await createCopy(t, log)
  setEagerUpgrade(copy, false)
  const offences: string[] = []
  const passed = new Queue<void>()
  const asked = new Queue<{ start: number; length: number }>()
  const told = new Queue<void>()
  const atCopy = nextPeer(copy, {
    noData: (message, handle) => {
      passed.push()
      return handle(message)
    },
    async bitfield(message, handle) {
      await handle(message)
      told.push()
    }
  })
  // above those receivers, which hear what it lets through
  filterMessages(copy, {
    onoffence(_peer, reason) {
      offences.push(reason)
      // nothing more of that peer is looked at
      passed.push()
    },
    onmishap: () => t.fail('what was sent fits the log')
  })
  const atLog = nextPeer(log, { want: (message) => asked.push(message) })
  connect(t, log, copy)
  const [reader, source] = [await atLog, await atCopy]
  return {
    copy,
    reader,
    source,
    offences,
    passed() {
      sendMessage(reader, 'noData', { request: NONE, reason: 0 })
      return passed.next()
    },
    asked: () => asked.next(),
    told: () => told.next()
  }
}

/** Resolves to the next peer of `core`, which is listened to from its first message on. */
function nextPeer(core: Hypercore, receivers: Partial<Receivers>): Promise<Peer> {
  return new Promise((resolve) => {
    core.once('peer-add', (peer) => {
      interceptReceived(peer, { ...PASSING, ...receivers })
      resolve(peer)
    })
  })
}

/** What has come, and is yet to be taken. */
class Queue<T> {
  readonly #items: T[] = []
  #wake: () => void = () => {}

  push(item: T): void {
    this.#items.push(item)
    this.#wake()
  }

  async next(): Promise<T> {
    while (this.#items.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#items.shift() as T
  }
}
