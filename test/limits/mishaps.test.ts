import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore, Peer } from 'hypercore'
import { filterMessages } from '../../shared/limits/message-filter.ts'
import {
  type Messages,
  interceptKind,
  sendMessage
} from '../../shared/upstream/hypercore-messages.ts'
import { isPaused } from '../../shared/upstream/hypercore-peer.ts'
import { setEagerUpgrade } from '../../shared/upstream/hypercore-replicator.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { whileTruncated } from '../helpers/truncating.ts'

/** One node of the tree has them all below it. */
const COUNT = 1024
/** So many of them stand after a rewind. */
const KEPT = 10

/** An answer to a request for a block. */
type Answer = Messages['data'] & { block: { value: Uint8Array } | null }

test('a peer that sends another block than the writer signed is banned', async (t) => {
  const log = await createLog(t, numbered(COUNT))
  const copy = await createCopy(t, log)
  const judged = judgement(copy)
  const { answer, deliver } = await firstAnswer(t, log, copy)
  await deliver({ ...answer, block: answer.block && { ...answer.block, value: b4a.from('no') } })
  t.alike(await judged, ['sent what the writer did not sign', { ban: true }])
})

for (const [rest, lines] of [
  ['nothing more', []],
  ['another log as long', numbered(COUNT, COUNT)]
] as const) {
  test(`a peer whose block comes while ${rest} replaces it is left, and not accused`, async (t) => {
    const log = await createLog(t, numbered(COUNT))
    const copy = await createCopy(t, log)
    const judged = judgement(copy)
    const { answer, deliver, hear } = await firstAnswer(t, log, copy)
    await log.truncate(KEPT)
    await log.append(lines.map((line) => b4a.from(line)))
    const adopting = (): Promise<unknown> => {
      hear()
      return copy.update({ force: true, wait: true })
    }
    await whileTruncated(copy, adopting, () => deliver(answer))
    t.is(await judged, 'left')
  })
}

test('a peer that refuses what it was asked for, as its log was rewound, is left', async (t) => {
  const log = await createLog(t, numbered(COUNT))
  const copy = await createCopy(t, log)
  setEagerUpgrade(copy, false)
  const judged = judgement(copy)
  let hears = true
  copy.once('peer-add', (peer) => {
    interceptKind(peer, 'sync', (message, handle) => (hears ? handle(message) : null))
  })
  connect(t, log, copy)
  await copy.update({ wait: true })
  hears = false
  await log.truncate(KEPT)
  copy
    .download({ start: 0, end: COUNT })
    .done()
    .catch(() => {})
  t.is(await judged, 'left')
})

test('a peer that is to be judged soon is refused what is not here, and stays connected until then', async (t) => {
  const log = await createLog(t, numbered(COUNT))
  const copy = await createCopy(t, log)
  const judged = judgement(copy)
  const { answer, deliver } = await firstAnswer(t, log, copy)
  const asker = only(log.peers)
  const refused = new Promise<Messages['noData']>((resolve) => {
    interceptKind(asker, 'noData', (message, handle) => {
      resolve(message)
      return handle(message)
    })
  })
  await deliver({ ...answer, block: answer.block && { ...answer.block, value: b4a.from('no') } })
  t.ok(isPaused(only(copy.peers)))
  const block = { index: 500, nodes: 0 }
  const request = { id: 9, fork: 0, block, hash: null, seek: null, upgrade: null }
  sendMessage(asker, 'request', request)
  t.is((await refused).request, 9)
  t.alike(await judged, ['sent what the writer did not sign', { ban: true }])
})

/** What a filter of `copy` makes of its one peer. */
function judgement(copy: Hypercore): Promise<unknown> {
  return new Promise((resolve) => {
    filterMessages(copy, {
      onoffence: (_peer, reason, opts) => resolve([reason, opts]),
      onmishap: () => resolve('left')
    })
  })
}

function only(peers: readonly Peer[]): Peer {
  const [peer] = peers
  if (peer === undefined || peers.length > 1) throw new Error(`${peers.length} peers, not one`)
  return peer
}

/** What `log` has answered, and how it comes to its copy. */
interface Held {
  answer: Answer
  /** Hands an answer on. */
  deliver(answer: Answer): Promise<void>
  /** Lets the copy hear again where the log ends. */
  hear(): void
}

/**
 * The answer of `log` to the first request for a block of `copy`. From then on the copy hears no more of
 * the log until it is told to.
 */
async function firstAnswer(t: Test, log: Hypercore, copy: Hypercore): Promise<Held> {
  setEagerUpgrade(copy, false)
  const held = new Promise<Held>((resolve) => {
    copy.once('peer-add', (peer) => {
      let unheard: (() => void) | null = null
      let isHeld = false
      interceptKind(peer, 'sync', (message, handle) => {
        if (!isHeld) return handle(message)
        unheard = () => void handle(message)
        return null
      })
      interceptKind(peer, 'data', (message, handle) => {
        const answer = message as Answer
        if (answer.block === null || isHeld) return handle(message)
        isHeld = true
        resolve({
          answer,
          deliver: async (answer) => void (await handle(answer)),
          hear() {
            isHeld = false
            unheard?.()
          }
        })
      })
    })
  })
  connect(t, log, copy)
  await copy.update({ wait: true })
  copy.get(100).catch(() => {})
  return held
}
