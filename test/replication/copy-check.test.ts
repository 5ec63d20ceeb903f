import b4a from 'b4a'
import { type Test, test } from 'brittle'
import Hypercore from 'hypercore'
import {
  type Contradiction,
  CopyCheck,
  contradictionIn
} from '../../shared/replication/copy-check.ts'
import { signedEnd } from '../../shared/upstream/hypercore-tree.ts'
import { connect } from '../helpers/connect.ts'
import { replicate } from '../helpers/grown.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { whileTruncated } from '../helpers/truncating.ts'

const TEN = numbered(10)

test('a copy of the log, whole or behind, contradicts nothing', async (t) => {
  const log = await createLog(t, TEN)
  const copy = await createCopy(t, log)
  t.alike(await found(t, log, copy), [], 'an empty one')
  const behind = await copied(t, log)
  await log.append(blocks(5))
  t.alike(await found(t, log, behind), [])
})

test('a longer copy shows how long the log was', async (t) => {
  const { log, twin } = await twins(t, TEN)
  const copy = await copied(t, twin)
  await twin.append(blocks(7))
  const longer = await copied(t, twin)
  t.alike(await found(t, log, copy), [])
  t.alike(await found(t, log, longer), [{ is: 'longer', fork: 0, length: 17 }])
})

test('a log that has nothing left is shown all the same', async (t) => {
  const { log, twin } = await twins(t, [])
  await twin.append(blocks(3))
  t.alike(await found(t, log, await copied(t, twin)), [{ is: 'longer', fork: 0, length: 3 }])
})

test('a copy of the end alone shows how long the log was', async (t) => {
  const { log, twin } = await twins(t, TEN)
  await twin.append(blocks(1000))
  const copy = await createCopy(t, twin)
  connect(t, twin, copy)
  await copy.update({ wait: true })
  await copy.get(1005)
  t.alike(await found(t, log, copy), [{ is: 'longer', fork: 0, length: 1010 }])
})

test('a copy with other blocks is told from one that is behind, and from a longer one not yet', async (t) => {
  for (const [ours, theirs] of [
    [5, 3],
    [4, 4],
    [3, 5]
  ] as const) {
    const { log, twin } = await twins(t, TEN)
    await log.append(blocks(ours, 100))
    await twin.append(blocks(theirs, 200))
    const is = theirs > ours ? 'longer' : 'different'
    const expected = [{ is, fork: 0, length: TEN.length + theirs }]
    t.alike(await found(t, log, await copied(t, twin)), expected, `${ours} and ${theirs}`)
  }
})

test('a copy of a later fork shows it, and one of an earlier fork shows nothing', async (t) => {
  const { log, twin } = await twins(t, TEN)
  const copy = await copied(t, twin)
  await twin.truncate(4, 2)
  await twin.append(blocks(3))
  t.alike(await found(t, log, await copied(t, twin)), [{ is: 'longer', fork: 2, length: 7 }])
  await log.truncate(4, 3)
  t.alike(await found(t, log, copy), [])
})

test('a copy that grows while it is connected is asked again', async (t) => {
  const { log, twin } = await twins(t, TEN)
  const copy = await copied(t, twin)
  const contradictions: Contradiction[] = []
  const seen = new Promise<void>((resolve) => {
    new CopyCheck(log, (contradiction) => {
      contradictions.push(contradiction)
      resolve()
    })
  })
  connect(t, log, copy)
  await twin.append(blocks(2))
  connect(t, twin, copy)
  await copy.update({ wait: true })
  await seen
  t.alike(contradictions, [{ is: 'longer', fork: 0, length: 12 }])
})

test('what nobody signed shows nothing, and freezes no log', async (t) => {
  const log = await createLog(t, TEN)
  const stranger = await createLog(t, TEN)
  await stranger.append(blocks(5))
  const upgrade = signedEnd(stranger)
  if (upgrade === null) throw new Error('it has an end')
  const lie = { fork: 0, upgrade }
  t.is(await contradictionIn(log, lie), null)
})

test('what is added to what the writer signed shows nothing, and hides nothing', async (t) => {
  const { log, twin } = await twins(t, ['one', 'two'])
  await log.append(b4a.from('ours'))
  await twin.append(b4a.from('theirs'))
  const [own, other] = [signedEnd(log), signedEnd(twin)]
  if (own === null || other === null) throw new Error('they have an end')
  const added = { index: 99, size: 1, hash: b4a.alloc(32, 7) }
  const roots = (end: typeof own) => ({
    fork: 0,
    upgrade: { ...end, nodes: [...end.nodes, added] }
  })
  t.is(await contradictionIn(log, roots(own)), null)
  t.alike(await contradictionIn(log, roots(other)), { is: 'different', fork: 0, length: 3 })
})

test('a copy that is asked for while a rewind replaces the log contradicts nothing', async (t) => {
  const log = await createLog(t, numbered(512))
  const early = signedEnd(log)
  if (early === null) throw new Error('it has an end')
  await log.append(blocks(512))
  const copy = await createCopy(t, log)
  await replicate(log, copy)
  await log.truncate(10)
  await log.append(blocks(1024))
  connect(t, log, copy)
  const adopting = () => copy.update({ force: true, wait: true })
  const judged = await whileTruncated(copy, adopting, () =>
    contradictionIn(copy, { fork: 0, upgrade: early })
  )
  t.is(judged, null)
})

/** A log of `lines`, and another core with the same key and the same lines, as a backup that was put back. */
async function twins(t: Test, lines: string[]): Promise<{ log: Hypercore; twin: Hypercore }> {
  const log = await createLog(t, lines)
  const twin = new Hypercore(await t.tmp(), { keyPair: log.keyPair })
  await twin.ready()
  t.teardown(() => twin.close(), { force: true })
  if (lines.length > 0) await twin.append(lines.map((line) => b4a.from(line)))
  return { log, twin }
}

/** A copy of `origin` that holds all of it, and is connected to nothing. */
async function copied(t: Test, origin: Hypercore): Promise<Hypercore> {
  const copy = await createCopy(t, origin)
  await replicate(origin, copy)
  return copy
}

/** What `copy` shows the writer of `log`. */
async function found(t: Test, log: Hypercore, copy: Hypercore): Promise<Contradiction[]> {
  const contradictions: Contradiction[] = []
  const check = new CopyCheck(log, (contradiction) => contradictions.push(contradiction))
  const [near, far] = [log.replicate(true), copy.replicate(false)]
  near.pipe(far).pipe(near)
  await new Promise<void>((resolve) => log.once('peer-add', () => resolve()))
  await check.settled()
  const closed = new Promise<void>((resolve) => far.once('close', () => resolve()))
  near.destroy()
  await closed
  return contradictions
}

function blocks(count: number, start = 1000): Uint8Array[] {
  return numbered(count, start).map((line) => b4a.from(line))
}
