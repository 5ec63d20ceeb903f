import b4a from 'b4a'
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import Hypercore from 'hypercore'
import { firstWithin } from '../../shared/storage/keep.ts'
import { Checkpoint } from '../../shared/storage/checkpoint.ts'
import type { Keep } from '../../shared/storage/keep.ts'
import { openWriter } from '../../shared/storage/open.ts'
import { Retention } from '../../shared/storage/retention.ts'
import type { WriterLog } from '../../shared/storage/writer-log.ts'
import { holdsPath } from '../../shared/upstream/hypercore-nodes.ts'
import { readBlocks } from '../../shared/upstream/hypercore-store.ts'
import { proveUpgrade, rootsAt, signedLength } from '../../shared/upstream/hypercore-tree.ts'
import { endOfRun, leapTo } from '../../shared/upstream/hypercore-trim.ts'
import { closeTestnet, refuses, startApp, startWriter } from '../helpers/app.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { startPlainReader } from '../helpers/plain.ts'
import { Program } from '../helpers/program.ts'
import { WAL, fileOf, writerDb } from '../helpers/store.ts'
import { appendIn, replicate, runWriter, writtenStorage } from '../helpers/grown.ts'

const PRIVATE = { private: false }
const COUNT = 1200
const KEPT = 400

test('a writer keeps the last blocks, by number, and between 100 and 110 % of them', async (t) => {
  const log = await openTrimmed(t, { blocks: 1000 })
  for (let at = 0; at < 5000; at += 50) {
    await append(log, 50, at)
    const kept = log.core.length - log.retention.first
    if (at + 50 >= 1000 && (kept < 1000 || kept > 1102)) t.fail(`${kept} are kept`)
    if (log.length !== log.core.length) t.fail('a kept block is missing')
  }
  t.absent(await log.core.has(log.retention.first - 1))
  t.ok(await log.core.has(log.retention.first, 5000))
})

test('a writer keeps what takes so many bytes on the disk', async (t) => {
  const log = await openTrimmed(t, { bytes: 200_000 })
  for (let at = 0; at < 5000; at += 50) await append(log, 50, at)
  const kept = 5000 - log.retention.first
  const each = (b4a.from(numbered(1, 4999)[0] ?? '').byteLength + 128) * kept
  t.ok(each > 190_000 && each < 225_000, `${each} bytes`)
})

for (const keep of [{ blocks: 1000 }, { bytes: 190_000 }]) {
  test(`of a log that is here before it is taken the last that were taken are kept: ${JSON.stringify(keep)}`, async (t) => {
    const core = await createLog(t, numbered(5000))
    const retention = await Retention.load(core, keep)
    await retention.begin(
      () => 0,
      (err) => t.fail(String(err))
    )
    for (let taken = 100; taken <= 5000; taken += 100) {
      await retention.apply(taken)
      const kept = taken - retention.first
      const least = Math.min(taken, 950)
      if (kept < least || kept > 1300) t.fail(`${kept} of ${taken} are kept`)
    }
    t.ok(retention.first > 3600)
    await retention.close()
  })
}

test('a writer keeps what came in so much time, through restarts', async (t) => {
  const storage = await t.tmp()
  const { now } = Date
  let later = 0
  Date.now = () => now() + later
  t.teardown(() => {
    Date.now = now
  })
  const minute = 60_000
  for (const [run, first] of [0, 0, 10, 20].entries()) {
    const log = await openWriter(storage, { ...PRIVATE, keep: { ms: 1.5 * minute } })
    await log.startAppending()
    await log.startTrimming((err) => t.fail(String(err)))
    t.is(log.retention.first, first, `in run ${run}`)
    await append(log, 10, 10 * run)
    t.is(log.length, log.core.length)
    await log.close()
    later += minute
  }
})

test('what a size leaves is told from the tree, whatever the blocks are', async (t) => {
  const sizes = [5, 70_000, 0, 300, 1, 1, 20_000, 5, 6, 90]
  const core = await createLog(
    t,
    sizes.map((size) => 'x'.repeat(size))
  )
  for (const bytes of [0, 200, 500, 1000, 22_000, 23_000, 100_000]) {
    let [first, left] = [sizes.length, bytes]
    while (first > 0 && left >= (sizes[first - 1] ?? 0) + 128) left -= (sizes[--first] ?? 0) + 128
    t.is(await firstWithin(core, { from: 0, end: core.length, bytes }), first, `${bytes} bytes`)
  }
})

for (const step of ['saved', 'cleared', 'nodes', 'freed']) {
  test(`kill -9 in the middle of a trim, ${step}: the next start does the rest`, async (t) => {
    const storage = await t.tmp()
    const script = path.join(import.meta.dirname, 'trimming.ts')
    const child = new Program(t, [os.execPath(), script, storage, step])
    t.is(await child.ending, 'SIGKILL', child.stderr.text)
    const log = await openWriter(storage, PRIVATE)
    t.absent(log.hasLostBlocks)
    await log.startAppending()
    t.is(log.core.fork, 0, 'nobody has to rewind')
    t.is(log.retention.first, 11_000)
    t.is(log.retention.freed, 1000)
    t.is(log.length, 12_000)
    for (let length = 1000; length <= 12_000; length += 500) await rootsAt(log.core, length)
    t.pass('copies that end in what is left of the tree are joined')
    await append(log, 1, 12_000)
    await log.close()
    await reads(t, storage, 11_000, 12_001)
  })
}

test('a log that is rewound while it is trimmed stays whole', async (t) => {
  const folder = await t.tmp()
  const core = new Hypercore(folder)
  await core.ready()
  await core.append(numbered(12_000).map((line) => b4a.from(line)))
  const { clear } = core
  core.clear = async (start, end = start + 1) => {
    await clear.call(core, start, end)
    await core.truncate(500)
  }
  const retention = await Retention.load(core, { blocks: 1000 })
  await retention.apply()
  t.ok(retention.first <= 500)
  core.clear = clear
  await core.append(numbered(2000).map((line) => b4a.from(line)))
  await retention.apply()
  t.is(retention.first, 1500)
  await retention.close()
  await core.close()
  const again = new Hypercore(folder)
  await again.ready()
  t.teardown(() => again.close(), { force: true })
  for (let length = 500; length <= 2500; length += 100) await rootsAt(again, length)
  t.is(endOfRun(again, 1500), 2500)
})

test('a copy that becomes a later fork while it is trimmed keeps what proves its blocks', async (t) => {
  const log = await createLog(t, numbered(15_000))
  const copy = await createCopy(t, log)
  await replicate(log, copy, 13_900)
  await log.truncate(1000)
  await log.append(numbered(19_000, 50_000).map((line) => b4a.from(line)))
  const { clear } = copy
  copy.clear = async (start, end = start + 1) => {
    await clear.call(copy, start, end)
    copy.clear = clear
    const rewound = new Promise((resolve) => copy.once('truncate', resolve))
    const part = connect(t, log, copy)
    await rewound
    part()
  }
  const retention = await Retention.load(copy, { blocks: 1000 })
  await retention.apply()
  await replicate(log, copy, 1000, 3000)
  await retention.apply(2500)
  t.is(retention.first, 1500)
  await provesAll(t, copy, 1500, 3000)
})

test('a log that is rewound as a trim begins, to before what is kept, goes on', async (t) => {
  const core = await createLog(t, numbered(12_000))
  const retention = await Retention.load(core, { blocks: 2000 })
  await retention.apply()
  await core.append(numbered(500).map((line) => b4a.from(line)))
  const { setUserData } = core
  let rewound: Promise<unknown> | null = null
  core.setUserData = async (...args) => {
    await setUserData.apply(core, args)
    rewound ??= core.truncate(9000)
  }
  await retention.apply()
  await rewound
  t.is(core.length, 9000)
  t.ok(retention.first <= 9000)
})

test('a trimmed copy that is read from the start again keeps what proves its blocks', async (t) => {
  const log = await createLog(t, numbered(11_000))
  const copy = await createCopy(t, log)
  await replicate(log, copy, 10_890)
  const retention = await Retention.load(copy, { blocks: 100 })
  await retention.apply()
  retention.lower(0)
  await replicate(log, copy, 0, 800)
  await retention.apply(200)
  t.is(retention.first, 100)
  await provesAll(t, copy, 100, 800)
})

test('what is wanted again is what was let go of here, but not what nobody had any more', async (t) => {
  const log = await createLog(t, numbered(1000))
  const keeping = await Retention.load(log, { blocks: 100 })
  await keeping.skipTo(50)
  await keeping.apply()
  t.is(keeping.first, 900)
  await keeping.close()

  const again = await Retention.load(log, null)
  t.is(again.first, 900)
  again.wantAll()
  t.is(again.first, 50)
  await log.truncate(20)
  again.wantAll()
  t.is(again.first, 20)
})

test('blocks that a leap has hidden are let go of', async (t) => {
  const log = await createLog(t, numbered(200))
  const copy = await createCopy(t, log)
  await replicate(log, copy)
  await log.append(numbered(800, 200).map((line) => b4a.from(line)))
  const retention = await Retention.load(copy, { blocks: 100 })
  const signed = signedLength(log)
  const upgrade = signed && (await proveUpgrade(log, 0, signed))
  const proof = { fork: 0, block: null, hash: null, seek: null, upgrade, manifest: null }
  await leapTo(copy, proof, () => retention.leap(1000))
  await log.append(numbered(400, 1000).map((line) => b4a.from(line)))
  await replicate(log, copy, 1000, 1400)
  await retention.apply()
  const left = (await readBlocks(copy, 0, 1400)).findIndex((block) => block !== null)
  t.is(left, retention.first)
})

async function provesAll(t: Test, core: Hypercore, start: number, end: number): Promise<void> {
  for (let seq = start; seq < end; seq++) {
    if (!(await holdsPath(core, { index: 2 * seq, nodes: 1 }))) t.fail(`block ${seq}`)
  }
}

test('a trimmed log is the log that it was after the machine has started anew', async (t) => {
  const storage = await trimmedStorage(t)
  const record = new Checkpoint(path.join(storage, 'writer-storage.record'))
  if (record.state === null) throw new Error('there is no record')
  await record.save({ ...record.state, boot: 'earlier' })
  record.close()
  const writer = await startWriter(t, [], { storage, length: COUNT })
  await writer.append(...numbered(1, COUNT))
  await writer.program.stop()
  await reads(t, storage, COUNT - KEPT, COUNT + 1)
})

test('--accept-loss goes on from what is left of a trimmed log', async (t) => {
  const storage = await trimmedStorage(t)
  await appendIn(storage, numbered(100, COUNT))
  cutShort(storage)

  const refused = await startApp(t, 'writer-app', ['-q'], { storage })
  refused.end('a line too many\n')
  await refuses(t, refused, 1, /came back with 1200 blocks of 1300/)
  const writer = await startWriter(t, ['--accept-loss'], { storage, length: COUNT })
  await writer.append(`${COUNT} again`)
  await writer.program.stop()
  await reads(t, storage, COUNT - KEPT, COUNT)
})

test('a plain Hypercore reader takes what a trimmed writer keeps, and what is new', async (t) => {
  const storage = await trimmedStorage(t)
  const writer = await startWriter(t, ['--keep', String(KEPT)], { storage, length: COUNT })
  const reader = await startPlainReader(t, writer.key, COUNT - KEPT)
  await reader.stdout.line(new RegExp(`^${COUNT - 1} `))
  await writer.append(...numbered(200, COUNT))
  await reader.stdout.line(new RegExp(`^${COUNT + 199} `))
  t.alike(
    reader.stdout.lines.slice(1),
    numbered(KEPT + 200, COUNT - KEPT).map((line, i) => `${COUNT - KEPT + i} ${line}`)
  )
})

test('a log without --keep has no record of what is kept', async (t) => {
  const log = await openTrimmed(t, null)
  await append(log, 3000, 0)
  t.is(await log.core.getUserData('retention'), null)
  t.is(log.core.contiguousLength, 3000)
})

/** A writer's log in a folder of its own, of which `keep` is kept. */
async function openTrimmed(t: Test, keep: Keep | null): Promise<WriterLog> {
  const log = await openWriter(await t.tmp(), { ...PRIVATE, keep })
  t.teardown(() => log.close(), { force: true })
  await log.startAppending()
  return log
}

async function append(log: WriterLog, count: number, start: number): Promise<void> {
  await log.append(numbered(count, start).map((line) => b4a.from(line)))
}

/** A folder in which a writer has left COUNT lines and let go of all but the last KEPT. */
async function trimmedStorage(t: Test): Promise<string> {
  const { storage } = await writtenStorage(t, numbered(COUNT))
  await runWriter(storage, () => {}, { keep: { blocks: KEPT } })
  return storage
}

/** Whether the log in `storage` has, and proves, the lines from `first` to before `end`, and no other block. */
async function reads(t: Test, storage: string, first: number, end: number): Promise<void> {
  const log = await openWriter(storage, PRIVATE)
  const { core } = log
  t.is(log.retention.first, first)
  t.absent(await core.has(first - 1))
  for (const seq of [first, end - 1]) {
    t.alike(await core.get(seq, { wait: false }), b4a.from(numbered(1, seq)[0] ?? ''))
  }
  t.is(log.length, core.length)
  await log.close()
}

/** Takes from the log the end of what was written last, as a damaged disk may. */
function cutShort(storage: string): void {
  const wal = fileOf(writerDb(storage), WAL)
  fs.truncateSync(wal, fs.statSync(wal).size - 1000)
}

closeTestnet()
