import b4a from 'b4a'
import { test } from 'brittle'
import type { Hypercore } from 'hypercore'
import {
  TRIM_MEMBERS,
  endOfRun,
  flushStore,
  freeTree,
  provingNodes
} from '../../shared/upstream/hypercore-trim.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { Random, chooseSeed } from '../helpers/random.ts'
import { hasMembers, installed } from './installed.ts'

/** What Hypercore proves to a peer, and how it takes that; no member of it is documented. */
interface Proving {
  proof(request: object): Promise<object>
}

/** Every log that is no longer than this is trimmed at every block. */
const BRUTE = 20

test(`${installed('hypercore')}: what a log is trimmed with is there`, async (t) => {
  hasMembers(t, 'hypercore', await createLog(t), TRIM_MEMBERS)
})

test(`${installed('hypercore')}: a trimmed log proves each block that it keeps, and its length, to a new copy`, async (t) => {
  const random = new Random(chooseSeed())
  t.comment(`SEED=${random.seed}`)
  const lengths = Array.from({ length: BRUTE }, (_, i) => i + 1)
  for (let i = 0; i < 4; i++) lengths.push(random.within(BRUTE + 1, 300))
  let proven = 0
  for (const length of lengths) {
    const log = await createLog(t, numbered(length))
    const step = length > BRUTE ? random.within(7, 50) : 1
    for (let freed = 0, first = 0; first <= length; first += step) {
      await log.clear(freed - (freed % 2), first)
      await freeTree(log, freed, first)
      freed = first
      await proves(log, first)
      proven++
    }
    await log.append(b4a.from('one more'))
    await proves(log, length)
  }
  t.comment(`${proven} logs`)
  t.pass('no proof failed')
})

test(`${installed('hypercore')}: of a tree that was freed only the nodes that prove are left`, async (t) => {
  const log = await createLog(t, numbered(300))
  await freeTree(log, 0, 100)
  await freeTree(log, 100, 277)
  const left: number[] = []
  const { storage } = (log as Hypercore & Stored).state
  const rx = storage.read()
  const reads = Array.from({ length: 2 * 277 }, async (_, index) => {
    if ((await rx.getTreeNode(index)) !== null) left.push(index)
  })
  rx.tryFlush()
  await Promise.all(reads)
  // 511 would be above the last root
  const proving = new Set(provingNodes(277, 300).filter((index) => index !== 511))
  t.alike(
    left,
    [...proving].sort((a, b) => a - b)
  )
})

test(`${installed('hypercore')}: a plain copy takes a trimmed log, and a plain copy takes it from that`, async (t) => {
  const log = await createLog(t, numbered(1000))
  await log.clear(0, 600)
  await freeTree(log, 0, 600)
  t.is(endOfRun(log, 0), 0)
  t.is(endOfRun(log, 600), 1000)
  const near = await createCopy(t, log)
  connect(t, log, near)
  await near.update({ wait: true })
  await near.download({ start: 600, end: 1000 }).done()
  t.is(endOfRun(near, 600), 1000)
  await near.clear(600, 700)
  await freeTree(near, 0, 700)

  const far = await createCopy(t, log)
  connect(t, near, far)
  await far.update({ wait: true })
  await far.download({ start: 700, end: 1000 }).done()
  t.is(endOfRun(far, 700), 1000)
  t.alike(await far.get(700), b4a.from(numbered(1, 700)[0] ?? ''))
})

test(`${installed('hypercore')}: the store is written out`, async (t) => {
  await flushStore(await createLog(t, numbered(3)))
  t.pass('and that ends')
})

interface Stored {
  readonly state: {
    readonly storage: {
      read(): { getTreeNode(index: number): Promise<object | null>; tryFlush(): void }
    }
  }
}

async function proves(log: Hypercore, first: number): Promise<void> {
  const upgrade = { start: 0, length: log.length }
  const proving = log as Hypercore & Proving
  await log.verifyFullyRemote({ ...(await proving.proof({ upgrade })), manifest: null })
  for (let index = first; index < log.length; index++) {
    const proof = await proving.proof({ upgrade, block: { index, nodes: 0 } })
    await log.verifyFullyRemote({ ...proof, manifest: null })
  }
}
