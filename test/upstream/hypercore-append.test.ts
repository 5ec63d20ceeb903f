import b4a from 'b4a'
import { test } from 'brittle'
import { APPEND_MEMBERS, appendBlocks } from '../../shared/upstream/hypercore-append.ts'
import { manifestOf, setManifest, signedLength } from '../../shared/upstream/hypercore-tree.ts'
import { numbered } from '../helpers/numbered.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { hasMembers, installed } from './installed.ts'

const BLOCKS = ['a', 'bc', 'def'].map((text) => b4a.from(text))

test(`${installed('hypercore')}: postappend is called once a log has grown, before append is told`, async (t) => {
  const log = await createLog(t, ['first'])
  const told: string[] = []
  log.on('append', () => told.push('append'))
  const { length } = await appendBlocks(log, BLOCKS, {
    ongrown(signature) {
      told.push(`grown to ${log.length}`)
      t.alike(signature, signedLength(log)?.signature, 'with the signature of this length')
    }
  })
  t.is(length, 4)
  t.alike(told, ['grown to 4', 'append'])
})

test(`${installed('hypercore')}: postappend is not called where a signature is wrong`, async (t) => {
  const log = await createLog(t)
  await log.append(BLOCKS)
  const signature = signedLength(log)?.signature
  const manifest = manifestOf(log)
  if (!signature || !manifest) throw new Error('the log is not signed')
  const copy = await createCopy(t, log)
  await setManifest(copy, manifest)
  const session = copy.session({ writable: true })
  t.teardown(() => session.close())
  let grown = 0
  const options = { signature, ongrown: () => grown++ }
  await t.exception(appendBlocks(session, BLOCKS.slice(1), options), /INVALID_SIGNATURE/)
  t.is(grown, 0)
  await appendBlocks(session, BLOCKS, options)
  t.is(grown, 1, 'and is where it is right')
})

test(`${installed('hypercore')}: where a log has no hole is stored by the append, once`, async (t) => {
  const log = await createLog(t, numbered(3))
  hasMembers(t, 'hypercore', log, APPEND_MEMBERS)
  const inner = log.core as unknown as { flushHints(): Promise<void>; hintsChanged: boolean }
  const flush = inner.flushHints.bind(inner)
  let flushed = 0
  inner.flushHints = () => {
    flushed++
    return flush()
  }
  await log.append(BLOCKS)
  t.is(flushed, 1, 'hypercore by itself stores it twice')
  await appendBlocks(log, BLOCKS, { ongrown() {} })
  t.is(flushed, 1)
  t.is(log.contiguousLength, 9)
  await log.clear(4, 5)
  flushed = 0
  await appendBlocks(log, BLOCKS, { ongrown() {} })
  t.is(log.contiguousLength, 4, 'a hole is one')
})
