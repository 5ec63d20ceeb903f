import b4a from 'b4a'
import { test } from 'brittle'
import { appendBlocks } from '../../shared/upstream/hypercore-append.ts'
import { manifestOf, setManifest, signedLength } from '../../shared/upstream/hypercore-tree.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { installed } from './installed.ts'

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
