import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { rememberLog } from '../../shared/feed/memory.ts'
import { type Batch, type Begin, MAX_BYTES } from '../../shared/feed/messages.ts'
import { proveUpgrade, signedEnd } from '../../shared/upstream/hypercore-tree.ts'
import { SignedLengths } from '../../shared/feed/signed-lengths.ts'
import { type Verdict, Verifier } from '../../shared/feed/verifier.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { whileTruncated } from '../helpers/truncating.ts'
import { numbered } from '../helpers/numbered.ts'
import { proofOf } from './impostor.ts'

const COUNT = 10
const LINES = numbered(COUNT)
const EMPTY = { length: 0, waited: 0 }

/** The writer's log, an empty copy of it, and what may make that longer. */
async function create(t: Test) {
  const log = await createLog(t, LINES)
  const core = await createCopy(t, log)
  const memory = rememberLog(core)
  const verifier = new Verifier(core, memory)
  t.teardown(() => verifier.close())
  return { log, core, memory, verifier }
}

/** What a source that has nothing to prove says first. */
function beginOf(log: Hypercore, more: Partial<Begin> = {}): Begin {
  return { id: 1, start: 0, proof: proofOf(log.manifest), end: signedEnd(log), before: 0, ...more }
}

/** The blocks of `log` from `start` to `end`, as the writer signed them. */
async function batchOf(log: Hypercore, start: number, end: number): Promise<Batch> {
  const signed = await new SignedLengths(log).within(start, end)
  if (signed?.length !== end) throw new Error(`there is no signature of ${end} blocks`)
  const blocks = LINES.slice(start, end).map((line) => b4a.from(line))
  return { id: 1, start, signature: signed.signature, blocks }
}

function begin(verifier: Verifier, message: Begin, asked = EMPTY): Promise<Verdict> {
  return new Promise((resolve) => {
    verifier.begin(message, asked, { isWanted: () => true, onverdict: resolve })
  })
}

function append(
  verifier: Verifier,
  message: Batch,
  onappend: (stored: Promise<boolean>) => void = () => {}
): Promise<Verdict> {
  return new Promise((resolve) => {
    verifier.append(message, { isWanted: () => true, onappend, onverdict: resolve })
  })
}

test('a source may begin where our log ends', async (t) => {
  const { log, core, verifier } = await create(t)
  t.alike(await begin(verifier, beginOf(log)), { is: 'stored' })
  t.ok(core.manifest, 'the manifest is known')
  t.is(core.length, 0)
})

test('a source may begin further on with the proof of what is left out', async (t) => {
  const { log, core, verifier } = await create(t)
  const upgrade = signedEnd(log)
  const proof = { ...proofOf(log.manifest), upgrade }
  t.alike(await begin(verifier, beginOf(log, { start: COUNT, proof })), { is: 'stored' })
  t.is(core.length, COUNT)
})

test('a beginning that the writer did not sign is an offence', async (t) => {
  const { log, core, verifier } = await create(t)
  const reasonOf = async (more: Partial<Begin>): Promise<string> => {
    const verdict = await begin(verifier, beginOf(log, more))
    return verdict.is === 'offence' ? verdict.reason : verdict.is
  }
  const end = signedEnd(log)
  if (end === null || log.manifest === null) throw new Error('the log is signed')
  const signers = log.manifest.signers.map((signer) => ({ ...signer, publicKey: b4a.alloc(32) }))
  const another = proofOf({ ...log.manifest, signers })
  t.ok(/did not sign.*manifest/i.test(await reasonOf({ proof: another })))
  t.is(await reasonOf({ proof: null }), 'claims 10 blocks that the writer did not sign')
  const longer = { ...end, length: COUNT + 1 }
  t.is(await reasonOf({ end: longer }), 'claims 11 blocks that the writer did not sign')
  t.is(await reasonOf({ start: 7 }), 'began at block 7 without a proof')
  const unsigned = { ...proofOf(null), upgrade: { ...end, signature: b4a.from([9]) } }
  t.ok(/did not sign/.test(await reasonOf({ start: COUNT, proof: unsigned })))
  const more = { ...end, additionalNodes: end.nodes }
  const beyond = { ...proofOf(null), upgrade: more }
  t.is(await reasonOf({ start: COUNT, proof: beyond }), `began at block ${COUNT} without a proof`)
  t.is(core.length, 0, 'and nothing of it is taken')
})

test('a beginning that fits our log as it was is nobody’s fault', async (t) => {
  const { log, core, verifier } = await create(t)
  await begin(verifier, beginOf(log))
  await append(verifier, await batchOf(log, 0, 3))
  t.is(core.length, 3)
  t.alike(await begin(verifier, beginOf(log), EMPTY), { is: 'log-moved' })
})

test('a beginning that meets a truncation of our log is nobody’s fault', async (t) => {
  const { log, core, verifier } = await create(t)
  await begin(verifier, beginOf(log))
  for (const [start, end] of [
    [0, 4],
    [4, 7]
  ] as const) {
    await append(verifier, await batchOf(log, start, end))
  }
  const upgrade = await proveUpgrade(log, 7, {
    length: COUNT,
    signature: signedEnd(log)?.signature ?? b4a.alloc(0)
  })
  const message = beginOf(log, { start: COUNT, proof: { ...proofOf(null), upgrade } })
  const keyed = core.session({ writable: true, keyPair: log.keyPair })
  const verdict = await whileTruncated(
    keyed,
    () => keyed.truncate(4),
    () => begin(verifier, message, { ...EMPTY, length: 7 })
  )
  t.is(core.length, 4)
  t.alike(verdict, { is: 'log-moved' })
})

test('a batch that the writer signed makes the copy longer', async (t) => {
  const { log, core, memory, verifier } = await create(t)
  await begin(verifier, beginOf(log))
  t.alike(await append(verifier, await batchOf(log, 0, 4)), { is: 'stored' })
  t.alike(await append(verifier, await batchOf(log, 4, COUNT)), { is: 'stored' })
  t.is(core.length, COUNT)
  t.alike(await core.get(9), b4a.from(LINES[9] ?? ''))
  t.is((await memory.signedLengths.within(0, 10))?.length, 10, 'its signature can be passed on')
})

test('a batch that the writer did not sign is an offence', async (t) => {
  const { log, core, verifier } = await create(t)
  await begin(verifier, beginOf(log))
  const honest = await batchOf(log, 0, 4)
  for (const [what, forged] of [
    ['another block', { ...honest, blocks: [...honest.blocks.slice(0, 3), b4a.from('forged')] }],
    ['a block less', { ...honest, blocks: honest.blocks.slice(0, 3) }],
    ['another signature', { ...honest, signature: (await batchOf(log, 0, 5)).signature }],
    ['a few bytes for a signature', { ...honest, signature: b4a.from([9, 9, 9]) }],
    ['no signature', { ...honest, signature: b4a.alloc(0) }]
  ] as [string, Batch][]) {
    const stored: boolean[] = []
    const verdict = await append(verifier, forged, (promise) => {
      void promise.then((value) => stored.push(value))
    })
    t.is(verdict.is, 'offence', what)
    t.alike(stored, [false], 'and what was handed on is taken back')
  }
  t.is(core.length, 0)
  t.alike(await append(verifier, honest), { is: 'stored' })
})

test('a batch for another place, or for a log that grew meanwhile, is nobody’s fault', async (t) => {
  const { log, core, memory, verifier } = await create(t)
  await begin(verifier, beginOf(log))
  t.alike(await append(verifier, await batchOf(log, 4, 8)), { is: 'log-moved' })
  const other = new Verifier(core, memory)
  t.teardown(() => other.close())
  const batch = await batchOf(log, 0, 4)
  const verdicts = await Promise.all([append(verifier, batch), append(other, batch)])
  t.alike(
    verdicts.map((verdict) => verdict.is),
    ['stored', 'log-moved']
  )
  t.is(core.length, 4)
})

test('what the disk refuses is no fault of the source', async (t) => {
  const log = await createLog(t, LINES)
  const core = await createCopy(t, log)
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  const session = core.session({ writable: true })
  session.append = () => Promise.reject(full)
  core.session = () => session
  const verifier = new Verifier(core, rememberLog(core))
  t.teardown(() => verifier.close())
  await begin(verifier, beginOf(log))
  t.alike(await append(verifier, await batchOf(log, 0, 4)), { is: 'local', error: full })
})

test('blocks are handed on before the log is seen to have grown', async (t) => {
  const { log, core, verifier } = await create(t)
  await begin(verifier, beginOf(log))
  const order: string[] = []
  core.on('append', () => order.push('the log has grown'))
  await append(verifier, await batchOf(log, 0, 4), (stored) => {
    order.push(`handed on at ${core.length}`)
    void stored.then((value) => order.push(`stored: ${value}`))
  })
  t.alike(order, ['handed on at 0', 'stored: true', 'the log has grown'])
})

test('one message is looked at after the other, and none that is not wanted', async (t) => {
  const { log, core, verifier } = await create(t)
  const batches = await Promise.all([
    batchOf(log, 0, 4),
    batchOf(log, 4, 8),
    batchOf(log, 8, COUNT)
  ])
  const order: string[] = []
  await new Promise<void>((resolve) => {
    const job = {
      isWanted() {
        if (core.length === 8) resolve()
        return core.length < 8
      },
      onappend: () => order.push(`append at ${core.length}`),
      onverdict: ({ is }: Verdict) => order.push(`${is} at ${core.length}`)
    }
    verifier.begin(beginOf(log), EMPTY, job)
    for (const batch of batches) verifier.append(batch, job)
  })
  await verifier.close()
  t.alike(order, ['stored at 0', 'append at 0', 'stored at 4', 'append at 4', 'stored at 8'])
})

test('no verdict comes after the end', async (t) => {
  const { log, core, verifier } = await create(t)
  await begin(verifier, beginOf(log))
  const appended = append(verifier, await batchOf(log, 0, 4))
  void appended.then(() => t.fail('a verdict'))
  await verifier.close()
  t.is(core.length, 4, 'what was begun is finished')
})

test('what is added to a signature, which Hypercore takes all the same, is not kept nor passed on', async (t) => {
  const { log, core, memory, verifier } = await create(t)
  await begin(verifier, beginOf(log))
  for (const length of [1, 2, 3]) {
    const batch = await batchOf(log, length - 1, length)
    const signature = b4a.concat([batch.signature, b4a.alloc(MAX_BYTES)])
    t.alike(await append(verifier, { ...batch, signature }), { is: 'stored' })
  }
  t.ok(signedEnd(core) === null, 'nor is it said where the log ends')
  t.ok(memory.recent.read(0) === null)
  t.ok((await memory.signedLengths.within(0, 3)) === null)

  t.alike(await append(verifier, await batchOf(log, 3, 4)), { is: 'stored' })
  t.is((await memory.signedLengths.within(0, 4))?.length, 4, 'the next one will do')
})
