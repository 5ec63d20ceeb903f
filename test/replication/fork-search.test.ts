import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore, Peer } from 'hypercore'
import { after } from '../../shared/limits/clock.ts'
import { filterMessages } from '../../shared/limits/message-filter.ts'
import { ForkSearch } from '../../shared/replication/fork-search.ts'
import {
  type HashRequest,
  interceptKind,
  sendMessage
} from '../../shared/upstream/hypercore-messages.ts'
import type { Stored } from '../../shared/upstream/hypercore-store.ts'
import { freeBlocks, freeTree } from '../../shared/upstream/hypercore-trim.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { replicate } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'

const OLD = 300
const COMMON = 270
/** What the roots of both logs tell without a question. */
const KNOWN = 256
const COUNT = 400
const FIRST = 390

test('a copy becomes a log that was rewound, whose blocks behind that are kept no longer', async (t) => {
  const { log, copy, standing } = await rewound(t)
  await freeBlocks(log, 0, FIRST)
  const connections = filtered(t, [log, copy])
  connect(t, log, copy)
  t.is(await standing, COMMON)
  t.is(copy.fork, log.fork)
  t.is(connections(), 1, 'no connection was ended by it')
})

test('what no node of the tree tells any more is taken to be another, where the writer keeps no block of it', async (t) => {
  const { log, copy, standing } = await rewound(t)
  await freeBlocks(log, 0, FIRST)
  await freeTree(log, 0, FIRST - 10)
  const connections = filtered(t, [log, copy])
  connect(t, log, copy)
  t.is(await standing, KNOWN)
  t.is(connections(), 1, 'no connection was ended by it')
})

test('a copy whose blocks are needed is left as it is, and asks no more', async (t) => {
  let refused = (_gap: number[]): void => {}
  const left = new Promise<number[]>((resolve) => (refused = resolve))
  const { log, copy } = await rewound(t, (start, end) => (refused([start, end]), false))
  await freeBlocks(log, 0, FIRST)
  await freeTree(log, 0, FIRST - 10)
  filtered(t, [log, copy])
  let questions = 0
  onHash(log, () => (questions++, true))
  const passed = new Promise<void>((resolve) => {
    log.once('peer-add', (peer) => interceptKind(peer, 'cancel', () => resolve()))
  })
  connect(t, log, copy)
  t.alike(await left, [KNOWN, OLD], 'those that are behind stand in no case')
  const before = questions
  copy.download({ start: 0, end: 1 })
  const [peer] = copy.peers
  // what is asked comes before
  if (peer) sendMessage(peer, 'cancel', { request: 2 ** 30 })
  await passed
  t.is(questions, before)
  t.is(copy.length, OLD)
})

test('a peer that has few blocks is asked for what is above these', async (t) => {
  const { log, copy, standing } = await rewound(t)
  const relay = await createCopy(t, log)
  await replicate(log, relay, 264, 272)
  connect(t, relay, copy)
  t.is(await standing, COMMON)
})

test('a peer that does not answer keeps nobody from asking the next one', async (t) => {
  const { log, copy, standing } = await rewound(t)
  const silent = await createCopy(t, log)
  await replicate(log, silent, FIRST, COUNT)
  await freeBlocks(log, 0, FIRST)
  const asked = onHash(silent, () => false)
  connect(t, silent, copy)
  await asked
  connect(t, log, copy)
  t.is(await standing, COMMON)
})

test('an answer is looked at for as long as the disk takes', async (t) => {
  const { log, copy, standing } = await rewound(t)
  await freeBlocks(log, 0, FIRST)
  filtered(t, [log, copy])
  const { storage } = (copy as Hypercore & Stored).state
  const read = storage.read.bind(storage)
  onHash(log, () => {
    storage.read = () => {
      const rx = read()
      const get = rx.getTreeNode.bind(rx)
      rx.getTreeNode = (index) => get(index).then((node) => after(500).then(() => node))
      return rx
    }
    return true
  })
  connect(t, log, copy)
  t.is(await standing, COMMON)
})

test('a peer that takes its time, or is lost before it answers, is waited for', async (t) => {
  for (const delay of [3000, null]) {
    const { log, copy, standing } = await rewound(t)
    await freeBlocks(log, 0, FIRST)
    let first = true
    const lost = onHash(log, async () => {
      if (delay !== null) await after(delay)
      else if (first) {
        first = false
        return false
      }
      return true
    })
    const part = connect(t, log, copy)
    if (delay === null) {
      await lost
      part()
      connect(t, log, copy)
    }
    t.is(await standing, COMMON)
  }
})

/**
 * A log that was rewound to COMMON blocks, and grew to COUNT; a copy of what was there before; and how much of
 * that stands once it is on the later fork, where the writer keeps nothing before FIRST.
 */
async function rewound(t: Test, mayDrop = (_start: number, _end: number): boolean => true) {
  const log = await createLog(t, numbered(OLD))
  const copy = await createCopy(t, log)
  await replicate(log, copy)
  await log.truncate(COMMON)
  await log.append(numbered(COUNT - COMMON, 1000).map((line) => b4a.from(line)))
  new ForkSearch(copy, { keptOn: (fork) => (fork === log.fork ? FIRST : 0), mayDrop })
  const standing = new Promise<number>((resolve) => copy.once('truncate', resolve))
  return { log, copy, standing }
}

/** Filters what all of them are sent; returns how many connections the last one has had. */
function filtered(t: Test, cores: Hypercore[]): () => number {
  let connections = 0
  cores.at(-1)?.on('peer-add', () => connections++)
  const onoffence = (_: Peer, reason: string): void => t.fail(reason)
  for (const core of cores) filterMessages(core, { onoffence, onmishap: () => t.fail('left') })
  return () => connections
}

/** Has `answers` say whether `log` answers a question for its tree; resolves at the first one. */
function onHash(log: Hypercore, answers: (hash: HashRequest) => unknown): Promise<void> {
  return new Promise((resolve) => {
    log.on('peer-add', (peer) => {
      interceptKind(peer, 'request', async (message, handle) => {
        if (message.hash === null) return handle(message)
        resolve()
        return (await answers(message.hash)) ? handle(message) : null
      })
    })
  })
}
