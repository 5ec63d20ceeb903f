import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore, Peer } from 'hypercore'
import { after } from '../../shared/limits/clock.ts'
import {
  FORK_MEMBERS,
  type ForkGap,
  onForkGap,
  tellFork
} from '../../shared/upstream/hypercore-fork.ts'
import { interceptKind, sendMessage } from '../../shared/upstream/hypercore-messages.ts'
import { remoteLogOf } from '../../shared/upstream/hypercore-peer.ts'
import { guardReorganisation, setEagerUpgrade } from '../../shared/upstream/hypercore-replicator.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { replicate } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'
import { hasMembers, installed } from './installed.ts'
import { createPair } from './pair.ts'

test(`${installed('hypercore')}: what a later fork is searched with is there`, async (t) => {
  const { source } = await createPair(t, numbered(3))
  hasMembers(t, 'hypercore', source, FORK_MEMBERS)
})

test(`${installed('hypercore')}: _requestForkRange asks for what tells two forks apart`, async (t) => {
  const { gaps, standing } = await forked(t, (gap, peer) => gap.ask(peer, gap.end - 1))
  t.is(await standing, 5, 'found')
  const told = gaps.map(({ fork, start, end }) => [fork, start, end])
  t.alike(told, [
    [7, 0, 8],
    [7, 4, 6]
  ])
  t.absent(gaps.some(({ isOpen }) => isOpen))
})

test(`${installed('hypercore')}: a search that is settled is applied by update`, async (t) => {
  let known = (): void => {}
  const found = new Promise<void>((resolve) => (known = resolve))
  const { copy, standing } = await forked(t, (gap, peer) => {
    if (gap.start === 0) return gap.ask(peer, gap.end - 1)
    t.ok(gap.isOpen)
    gap.settle()
    t.absent(gap.isOpen)
    known()
  })
  await found
  await copy.update({ wait: false })
  t.is(await standing, 4, 'as far as was known')
})

test(`${installed('hypercore')}: sendSync tells a peer of a fork that Hypercore keeps to itself`, async (t) => {
  const log = await createLog(t, numbered(20))
  const [behind, ahead, middle] = [
    await createCopy(t, log),
    await createCopy(t, log),
    await createCopy(t, log)
  ]
  for (const copy of [behind, ahead]) await replicate(log, copy)
  for (const copy of [behind, ahead, middle]) setEagerUpgrade(copy, false)
  connect(t, ahead, behind)
  await log.truncate(3)
  await log.append(numbered(20, 3).map((line) => b4a.from(line)))
  await replicate(log, middle)
  await log.append(numbered(7, 23).map((line) => b4a.from(line)))

  let release = (): void => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  const proven = new Promise<void>((resolve) => {
    guardReorganisation(ahead, async (_later, apply) => {
      resolve()
      await released
      return apply()
    })
  })
  connect(t, log, ahead)
  const rewound = ahead.update({ wait: true })
  await proven
  // the later fork is shorter there, and not to be proven from what is here
  connect(t, middle, behind)
  await behind.update({ wait: true })
  const states = (core: Hypercore): string[] => {
    return core.peers.map(remoteLogOf).map(({ fork, length }) => `${length} on ${fork}`)
  }
  while (!states(ahead).includes('23 on 1')) await after(10)
  ahead.on('truncate', () => tellFork(ahead))
  release()
  await rewound
  t.alike([ahead.length, behind.length], [30, 23])

  const passed = new Promise<void>((resolve) => {
    for (const other of behind.peers) interceptKind(other, 'cancel', () => resolve())
  })
  // what was said before has come before
  for (const peer of ahead.peers) sendMessage(peer, 'cancel', { request: 2 ** 30 })
  await passed
  t.alike(states(behind).sort(), ['23 on 1', '30 on 1'])
})

test(`${installed('hypercore')}: an answer that is no longer waited for counts`, async (t) => {
  const { gaps, standing } = await forked(t, (gap, peer) => {
    gap.ask(peer, gap.end - 1)
    t.ok(gap.isAsked)
    gap.giveUp()
    t.absent(gap.isAsked)
  })
  t.is(await standing, 5)
  t.is(gaps.length, 2)
})

/** A copy of 8 blocks that meets a log which was rewound to 5; resolves once `onfound` has been called. */
async function forked(t: Test, onfound: (gap: ForkGap, peer: Peer) => void) {
  const log = await createLog(t, numbered(8))
  const copy = await createCopy(t, log)
  await replicate(log, copy)
  await log.truncate(5, 7)
  await log.append(numbered(4, 100).map((line) => b4a.from(line)))
  const gaps: ForkGap[] = []
  const standing = new Promise<number>((resolve) => copy.once('truncate', resolve))
  const met = new Promise<void>((resolve) => {
    copy.on('peer-add', (peer) => {
      onForkGap(peer, (gap) => {
        gaps.push(gap)
        onfound(gap, peer)
        resolve()
      })
    })
  })
  connect(t, log, copy)
  await met
  return { copy, gaps, standing }
}
