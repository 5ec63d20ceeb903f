import b4a from 'b4a'
import { test } from 'brittle'
import {
  TREE_MEMBERS,
  applyProof,
  isSignedEnd,
  manifestOf,
  proveUpgrade,
  rootsAt,
  setManifest,
  signLength,
  signedEnd,
  signedLength,
  verifiedLength
} from '../../shared/upstream/hypercore-tree.ts'
import type { Proof, Upgrade } from '../../shared/upstream/hypercore-proof.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { hasMembers, installed } from './installed.ts'

const LENGTH = 21
const LINES = numbered(LENGTH)
/** With one root of the tree and with several. */
const LENGTHS = [1, 2, 7, 16, LENGTH]
const BLOCKS = LINES.map((line) => b4a.from(line))

test(`${installed('hypercore')}: the tree of a log is there`, async (t) => {
  hasMembers(t, 'hypercore', await createLog(t, LINES), TREE_MEMBERS)
  hasMembers(t, 'hypercore', await createLog(t), TREE_MEMBERS)
})

test(`${installed('hypercore')}: state.signature and state.roots are what the writer signed`, async (t) => {
  const log = await createLog(t, LINES)
  const copy = await createCopy(t, log)
  await setManifest(copy, orThrow(manifestOf(log)))
  const end = orThrow(signedEnd(log))
  t.is(end.length, LENGTH)
  t.ok(await isSignedEnd(copy, end), 'it is the word of the writer')
  t.absent(await isSignedEnd(copy, { ...end, length: LENGTH - 1 }), 'for this length alone')
  const nodes = end.nodes.map((node) => ({ ...node, size: node.size + 1 }))
  t.absent(await isSignedEnd(copy, { ...end, nodes }), 'for these sizes alone')
  const signature = b4a.alloc(end.signature.byteLength, 1)
  t.absent(await isSignedEnd(copy, { ...end, signature }), 'by this signature alone')
  t.absent(await isSignedEnd(await createCopy(t, await createLog(t)), end), 'in this log alone')
  await log.truncate(LENGTH - 1)
  await log.append(b4a.from(LINES.at(-1) ?? ''))
  t.absent(await isSignedEnd(copy, orThrow(signedEnd(log))), 'and in this fork alone')
  t.is(signedEnd(await createLog(t)), null, 'of an empty log there is none')
  t.is(signedLength(await createLog(t)), null)
})

test(`${installed('hypercore')}: verifier.sign signs any length`, async (t) => {
  const log = await createLog(t, LINES)
  for (const length of LENGTHS) {
    const copy = await createCopy(t, log)
    await setManifest(copy, orThrow(manifestOf(log)))
    const session = copy.session({ writable: true })
    await session.append(BLOCKS.slice(0, length), { signature: await signLength(log, length) })
    if (copy.length !== length) t.fail(`${copy.length} blocks of ${length}`)
    await session.close()
  }
  t.alike(
    orThrow(signedLength(log)).signature,
    await signLength(log, LENGTH),
    'the last is its own'
  )
  await t.exception(signLength(await createCopy(t, log), 0), /not ours to sign/)
})

test(`${installed('hypercore')}: a tree batch proves what is past`, async (t) => {
  const log = await createLog(t)
  const signed = []
  for (const block of BLOCKS) {
    await log.append(block)
    signed.push(orThrow(signedLength(log)))
  }
  const manifest = manifestOf(log)
  for (const length of LENGTHS) {
    const to = orThrow(signed[length - 1])
    for (const from of [0, 1, 6, 20].filter((from) => from < length)) {
      const copy = await createCopy(t, log)
      await setManifest(copy, orThrow(manifest))
      const before = signed[from - 1]
      if (before) await applyProof(copy, proofOf(await proveUpgrade(log, 0, before)))
      await applyProof(copy, proofOf(await proveUpgrade(log, from, to)))
      if (copy.length !== to.length) t.fail(`${from} blocks to ${to.length}: ${copy.length}`)
      await copy.close()
    }
  }
  t.pass('a copy of any length takes the proof of any that is longer')
})

test(`${installed('hypercore')}: restore of a tree batch gives the roots of the past`, async (t) => {
  const log = await createLog(t)
  t.alike(await rootsAt(log, 0), [], 'of no block there are none')
  const past = []
  for (const block of BLOCKS) {
    await log.append(block)
    past.push(orThrow(signedEnd(log)).nodes.map(({ hash }) => b4a.toString(hash, 'hex')))
  }
  for (const length of LENGTHS) {
    const roots = (await rootsAt(log, length)).map(({ hash }) => b4a.toString(hash, 'hex'))
    t.alike(roots, past[length - 1], `${length} blocks`)
  }
})

test(`${installed('hypercore')}: verifyFullyRemote tells the length, on the fork that was signed`, async (t) => {
  const log = await createLog(t, LINES)
  const end = orThrow(signedEnd(log))
  t.is(await verifiedLength(log, 0, end), LENGTH)
  t.is(await verifiedLength(log, 1, end), null)
  await log.truncate(3, 5)
  t.is(await verifiedLength(log, 0, end), LENGTH, 'whatever the fork is now')
  t.is(await verifiedLength(log, 5, orThrow(signedEnd(log))), 3)
})

function proofOf(upgrade: Upgrade | null): Proof {
  return { fork: 0, block: null, hash: null, seek: null, upgrade, manifest: null }
}

function orThrow<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('there is none')
  return value
}
