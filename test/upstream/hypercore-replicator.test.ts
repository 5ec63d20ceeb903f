import b4a from 'b4a'
import { test } from 'brittle'
import Hypercore, { type Peer } from 'hypercore'
import { isForgery } from '../../shared/upstream/hypercore-errors.ts'
import { sendMessage } from '../../shared/upstream/hypercore-messages.ts'
import {
  REPLICATOR_MEMBERS,
  type Reorganisation,
  guardReorganisation,
  onInvalidData,
  setEagerUpgrade
} from '../../shared/upstream/hypercore-replicator.ts'
import { holdsNode, nodeOf } from '../../shared/upstream/hypercore-nodes.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { replicate } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'
import { hasMembers, installed } from './installed.ts'
import { createPair } from './pair.ts'

/** A request of this number was never made. */
const NONE = 2 ** 30

test(`${installed('hypercore')}: eagerUpgrade is there`, async (t) => {
  hasMembers(t, 'hypercore', await createLog(t), REPLICATOR_MEMBERS)
})

test(`${installed('hypercore')}: eagerUpgrade off keeps a copy from growing by itself`, async (t) => {
  let upgrades = 0
  let onlength: (length: number) => void = () => {}
  let onbarrier: () => void = () => {}
  const { log, copy, source } = await createPair(t, [], {
    atLog: {
      request(message, handle) {
        if ('upgrade' in message && message.upgrade !== null) upgrades++
        return handle(message)
      },
      cancel(message, handle) {
        if (message.request === NONE) onbarrier()
        return handle(message)
      }
    },
    atCopy: {
      async sync(message, handle) {
        await handle(message)
        onlength(message.length)
      }
    }
  })
  const told = new Promise<void>((resolve) => {
    onlength = (length) => {
      if (length === 5) resolve()
    }
  })
  await log.append(numbered(5).map((line) => b4a.from(line)))
  await told
  const passed = new Promise<void>((resolve) => {
    onbarrier = resolve
  })
  // what it had asked for would have come before
  sendMessage(source, 'cancel', { request: NONE })
  await passed
  t.is(upgrades, 0, 'a copy that is told of blocks asks for none')
  t.is(copy.length, 0, 'and has none')

  const grown = new Promise<void>((resolve) => copy.once('append', () => resolve()))
  setEagerUpgrade(copy, true)
  await log.append(b4a.from('one more'))
  await grown
  t.is(copy.length, 6, 'on, it makes it grow')
})

test(`${installed('hypercore')}: verification-error tells of forged data and its sender`, async (t) => {
  const sent = new Set<object>()
  const { log, copy, source } = await createPair(t, numbered(3), {
    atCopy: {
      data(message, handle) {
        const forged = forge(message)
        sent.add(forged)
        return handle(forged)
      }
    }
  })
  const told = new Promise<[Error, object, Peer]>((resolve) => {
    onInvalidData(copy, (err, message, from) => resolve([err, message, from]))
  })
  void copy.update({ wait: true }).catch(() => {})
  const [err, message, from] = await told
  t.ok(isForgery(err), err.message)
  t.ok(sent.has(message), 'the message itself is handed over')
  t.is(from, source)
  t.is(log.length, 3)
})

test(`${installed('hypercore')}: reorg takes a later fork, and is told what both have in common`, async (t) => {
  const { log, copy } = await createPair(t, numbered(5))
  await copy.update({ wait: true })
  await copy.download({ start: 0, end: 5 }).done()
  const asked: Reorganisation[] = []
  const told = new Promise<void>((resolve) => {
    guardReorganisation(copy, async (later, apply) => {
      asked.push(later)
      resolve()
      return asked.length > 1 && (await apply())
    })
  })
  await log.truncate(3, 2)
  void copy.update({ force: true, wait: true }).catch(() => {})
  await told
  t.alike([copy.fork, copy.length], [0, 5], 'refused, it changes nothing')
  const taken = new Promise<void>((resolve) => copy.once('truncate', () => resolve()))
  await copy.update({ force: true, wait: true })
  await taken
  t.alike([copy.fork, copy.length], [2, 3])
  const [{ fork, length, ancestors } = {}] = asked
  t.alike({ fork, length, ancestors }, { fork: 2, length: 3, ancestors: 3 })
})

test(`${installed('hypercore')}: reorg is told the node in which a later fork differs`, async (t) => {
  const log = await createLog(t, numbered(5))
  const copy = await createCopy(t, log)
  await replicate(log, copy)
  await log.truncate(3, 2)
  await log.append(b4a.from('another block 3'))
  const asked = new Promise<[Reorganisation, boolean]>((resolve) => {
    guardReorganisation(copy, async (later, apply) => {
      resolve([later, later.diff !== null && (await holdsNode(copy, later.diff))])
      return await apply()
    })
  })
  connect(t, log, copy)
  void copy.update({ force: true, wait: true }).catch(() => {})
  const [{ ancestors, diff }, isHere] = await asked
  t.is(ancestors, 3)
  t.is(diff?.index, nodeOf({ start: 3, count: 1 }))
  t.ok(diff && (await holdsNode(log, diff)))
  t.absent(isHere)
})

/** `message`, with another signature where it has one. */
function forge<T>(message: T): T {
  const { upgrade } = message as T & { upgrade: { signature: Uint8Array } | null }
  if (upgrade === null) return message
  const signature = b4a.from(upgrade.signature)
  // behind it and before it are numbers
  signature[32] = (signature[32] ?? 0) ^ 1
  return { ...message, upgrade: { ...upgrade, signature } }
}
