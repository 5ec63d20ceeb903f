import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import Hypercore, { type Hypercore as Core } from 'hypercore'
import { BITFIELD_MEMBERS, keepLastPage } from '../../shared/upstream/hypercore-bitfield.ts'
import { connect } from '../helpers/connect.ts'
import { createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { hasMembers, installed } from './installed.ts'

/** Blocks that one page of the bitfield tells of. */
const PAGE = 32_768

interface Storage {
  read(): { getBitfieldPage(index: number): Promise<Uint8Array | null> }
  write(): { flush(): Promise<boolean> }
}

/** A log whose pages are kept, in a folder; `reads` counts those that are read from the store. */
async function open(t: Test, folder: string, key?: Uint8Array) {
  const core = new Hypercore(folder, key, { writable: key === undefined })
  await core.ready()
  t.teardown(() => core.close(), { force: true })
  const storage = storageOf(core)
  const counted = { reads: 0 }
  const read = storage.read.bind(storage)
  storage.read = () => {
    const rx = read()
    const get = rx.getBitfieldPage.bind(rx)
    rx.getBitfieldPage = (index) => {
      counted.reads++
      return get(index)
    }
    return rx
  }
  keepLastPage(core)
  return { core, counted }
}

function storageOf(core: Core): Storage {
  return (core as unknown as { state: { storage: Storage } }).state.storage
}

function blocks(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => b4a.from('x'))
}

/** Copies the store in `from` to `to`, but for the file that tells whose disk it is. */
function copyStore(from: string, to: string): void {
  fs.mkdirSync(path.join(to, 'db'))
  for (const name of fs.readdirSync(path.join(from, 'db'))) {
    fs.copyFileSync(path.join(from, 'db', name), path.join(to, 'db', name))
  }
}

/** Which blocks of the first `length` are in the store of `core`, once it was closed. */
async function stored(t: Test, folder: string, length: number): Promise<boolean[]> {
  const core = new Hypercore(folder)
  await core.ready()
  t.teardown(() => core.close(), { force: true })
  const has = await Promise.all(Array.from({ length }, (_, seq) => core.has(seq)))
  await core.close()
  return has
}

test(`${installed('hypercore')}: the storage of a log reads and writes`, async (t) => {
  hasMembers(t, 'hypercore', await createLog(t), BITFIELD_MEMBERS)
})

test(`${installed('hypercore')}: an append reads no page that the one before has stored`, async (t) => {
  const { core, counted } = await open(t, await t.tmp())
  for (let count = 0; count < 10; count++) await core.append(blocks(3))
  t.is(counted.reads, 1, 'the first')
  await core.append(blocks(PAGE))
  t.is(counted.reads, 2, 'the next page')
  await core.append(blocks(3))
  t.is(counted.reads, 2)
})

test(`${installed('hypercore')}: appends with truncations, or with holes, are stored as they were`, async (t) => {
  const full = await t.tmp()
  const { core: first } = await open(t, full)
  await first.append(blocks(PAGE - 10))
  await first.close()
  for (let round = 0; round < 4; round++) {
    const folder = await t.tmp()
    copyStore(full, folder)
    const { core } = await open(t, folder)
    const held = Array.from({ length: PAGE - 10 }, () => true)
    for (let step = 0; step < 40; step++) {
      const way = Math.random()
      if (way < 0.7 || held.length === 0) await core.append(blocks(1 + random(9)))
      else if (round % 2 === 0) {
        const start = random(held.length - 1)
        const end = start + 1 + random(held.length - start - 1)
        await core.clear(start, end)
        held.fill(false, start, end)
      } else await core.truncate(held.length - random(Math.min(40, held.length)))
      held.length = Math.min(held.length, core.length)
      while (held.length < core.length) held.push(true)
    }
    await core.close()
    t.alike(await stored(t, folder, held.length), held, `${held.length} blocks`)
  }
})

test(`${installed('hypercore')}: what plain replication brings is stored as it was`, async (t) => {
  const log = await createLog(t, numbered(50))
  const folder = await t.tmp()
  const { core } = await open(t, folder, log.key)
  connect(t, log, core)
  await core.update({ wait: true })
  const wanted = Array.from({ length: 50 }, () => Math.random() < 0.5)
  await Promise.all(wanted.map((is, seq) => (is ? core.get(seq) : null)))
  await core.close()
  t.alike(await stored(t, folder, 50), wanted)
})

test(`${installed('hypercore')}: a page that could not be stored is not kept`, async (t) => {
  const folder = await t.tmp()
  const { core, counted } = await open(t, folder)
  await core.append(blocks(3))
  const storage = storageOf(core)
  const { write } = storage
  storage.write = () => {
    const tx = write.call(storage)
    tx.flush = () => Promise.reject(new Error('the disk is full'))
    return tx
  }
  await t.exception(core.append(blocks(5)), /the disk is full/)
  storage.write = write
  t.is(counted.reads, 1)
  await core.append(blocks(1))
  t.is(counted.reads, 2, 'it is read again')
  await core.close()
  t.alike(await stored(t, folder, 6), [true, true, true, true, false, false])
})

function random(below: number): number {
  return Math.floor(Math.random() * (below + 1))
}
