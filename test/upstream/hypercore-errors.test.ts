import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { test } from 'brittle'
import Hypercore, { type Manifest } from 'hypercore'
import { diskFault } from '../../shared/errors.ts'
import {
  isForgery,
  isHypercoreError,
  isInvalidData,
  isLockedStore,
  isMishap,
  isMovedStore
} from '../../shared/upstream/hypercore-errors.ts'
import {
  applyProof,
  manifestOf,
  proveUpgrade,
  setManifest,
  signLength
} from '../../shared/upstream/hypercore-tree.ts'
import { onInvalidData } from '../../shared/upstream/hypercore-replicator.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { installed } from './installed.ts'
import { createPair } from './pair.ts'

test(`${installed('hypercore')}: INVALID_SIGNATURE is what the writer did not sign`, async (t) => {
  const log = await createLog(t, numbered(3))
  const copy = await createCopy(t, log)
  await setManifest(copy, manifestOf(log) as Manifest)
  const session = copy.session({ writable: true })
  const signature = await signLength(log, 3)
  const err = await errorOf(session.append([b4a.from('forged')], { signature }))
  t.ok(isForgery(err) && isInvalidData(err) && !isMishap(err), String(err))
  await session.close()
})

test(`${installed('hypercore')}: INVALID_CHECKSUM is a block of other bytes`, async (t) => {
  const { copy } = await createPair(t, numbered(3), {
    atCopy: { data: (message, handle) => handle(forge(message)) }
  })
  await copy.update({ wait: true })
  const told = new Promise<Error>((resolve) => onInvalidData(copy, resolve))
  copy.get(1).catch(() => {})
  const err = await told
  t.ok(isForgery(err) && isInvalidData(err), String(err))
})

test(`${installed('hypercore')}: INVALID_CHECKSUM is the manifest of another log`, async (t) => {
  const copy = await createCopy(t, await createLog(t))
  const err = await errorOf(setManifest(copy, manifestOf(await createLog(t)) as Manifest))
  t.ok(isForgery(err), String(err))
})

test(`${installed('hypercore')}: INVALID_OPERATION is a proof that does not fit`, async (t) => {
  const log = await createLog(t, numbered(3))
  const to = { length: 3, signature: await signLength(log, 3) }
  const upgrade = await proveUpgrade(log, 0, to)
  const proof = {
    fork: 0,
    block: null,
    hash: null,
    seek: null,
    upgrade: upgrade && { ...upgrade, nodes: [] },
    manifest: manifestOf(log)
  }
  const err = await errorOf(applyProof(await createCopy(t, log), proof))
  t.ok(isInvalidData(err) && isMishap(err) && !isForgery(err), String(err))
})

test(`${installed('hypercore')}: SESSION_CLOSED is no fault of the data`, async (t) => {
  const log = await createLog(t, numbered(3))
  await log.close()
  const err = await errorOf(log.get(0))
  t.ok(isHypercoreError(err) && !isInvalidData(err), String(err))
})

test(`${installed('hypercore')}: a store that another holds says so`, async (t) => {
  const folder = await t.tmp()
  const first = new Hypercore(folder)
  await first.ready()
  t.teardown(() => first.close(), { force: true })
  const err = await errorOf(new Hypercore(folder).ready())
  t.ok(isLockedStore(err), String(err))
})

test(`${installed('hypercore')}: a store that was copied says so`, async (t) => {
  const folder = await t.tmp()
  const core = new Hypercore(folder)
  await core.ready()
  await core.close()
  const copied = path.join(await t.tmp(), 'copied')
  fs.cpSync(folder, copied, { recursive: true })
  const err = await errorOf(new Hypercore(copied).ready())
  t.ok(isMovedStore(err), String(err))
})

test(`${installed('hypercore')}: a store that lacks a file says so`, async (t) => {
  const folder = await t.tmp()
  const core = new Hypercore(folder)
  await core.ready()
  await core.close()
  const db = path.join(folder, 'db')
  for (const name of fs.readdirSync(db)) {
    if (name.startsWith('MANIFEST')) fs.unlinkSync(path.join(db, name))
  }
  const err = await errorOf(new Hypercore(folder).ready())
  t.is(diskFault(err), 'damaged', String(err))
})

/** `message`, with another block where it has one. */
function forge<T>(message: T): T {
  const { block } = message as T & { block: { value: Uint8Array } | null }
  return block === null ? message : { ...message, block: { ...block, value: b4a.from('forged') } }
}

function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'nothing was thrown',
    (err: unknown) => err
  )
}
