import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import Hypercore from 'hypercore'
import { unlessMissing } from '../../shared/errors.ts'
import {
  FAMILY_MEMBERS,
  STORE_MEMBERS,
  createStorage,
  readBlocks,
  readOnlyStorage,
  settledFork,
  walFile
} from '../../shared/upstream/hypercore-store.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { whileTruncated } from '../helpers/truncating.ts'
import { hasMembers, installed } from './installed.ts'

test(`${installed('hypercore')}: the store of a log is there`, async (t) => {
  hasMembers(t, 'hypercore', await createLog(t), STORE_MEMBERS)
})

test(`${installed('hypercore')}: one read brings many blocks, and null for each that is not here`, async (t) => {
  const log = await createLog(t, numbered(10))
  const blocks = numbered(10).map((line) => b4a.from(line))
  t.alike(await readBlocks(log, 3, 7), blocks.slice(3, 7))
  t.alike(await readBlocks(log, 9, 11), [blocks[9], null])
  const copy = await createCopy(t, log)
  connect(t, log, copy)
  await copy.update({ wait: true })
  await copy.get(4)
  t.alike(await readBlocks(copy, 3, 6), [null, blocks[4], null])
})

test(`${installed('hypercore')}: state.mutex is held until a truncation is in effect`, async (t) => {
  const log = await createLog(t, numbered(10))
  const forks = await whileTruncated(
    log,
    () => log.truncate(5),
    async () => [log.fork, await settledFork(log)]
  )
  t.alike(forks, [0, 1])
  await log.close()
  await settledFork(log)
  t.pass('a closed log is settled')
})

test(`${installed('hypercore')}: currentWalFile is the one file that takes an append`, async (t) => {
  const { core, folder } = await openLog(t)
  for (const word of ['first', 'second']) {
    const block = b4a.from(`${word} ${'x'.repeat(50)}`)
    await core.append(block)
    const { path: file, number } = await walFile(core)
    t.alike(filesWith(folder, block), [file], `the ${word} block is in the file, and in no other`)
    t.is(path.basename(file), `${String(number).padStart(6, '0')}.log`)
  }
})

test(`${installed('hypercore')}: currentWalFile changes where RocksDB begins another`, async (t) => {
  const { core, folder } = await openLog(t, 64 * 1024)
  const { number } = await walFile(core)
  while ((await walFile(core)).number === number) await core.append(b4a.alloc(1024, 1))
  const block = b4a.from('in the next file')
  await core.append(block)
  t.alike(filesWith(folder, block), [(await walFile(core)).path])
})

test(`${installed('hypercore')}: the settings of a store that is not open are there`, async (t) => {
  const store = Hypercore.defaultStorage(await t.tmp()) as { close(): Promise<void> }
  hasMembers(t, 'hypercore', store, FAMILY_MEMBERS)
  await store.close()
})

test(`${installed('hypercore')}: the options of a store reach RocksDB`, async (t) => {
  const { folder } = await openLog(t, 3 * 1024 * 1024)
  const options = String(fs.readFileSync(lastOptions(folder)))
  const [, family = ''] = options.split('[CFOptions "corestore"]')
  t.is(/write_buffer_size=(\d+)/.exec(family)?.[1], String(3 * 1024 * 1024))
  t.is(Number(/blob_garbage_collection_age_cutoff=([\d.]+)/.exec(family)?.[1]), 0.125)
  t.is(/max_background_jobs=(\d+)/.exec(options)?.[1], '3')
  t.is(/no_block_cache=(\w+)/.exec(options)?.[1], 'true')
  t.is(/cache_index_and_filter_blocks=(\w+)/.exec(options)?.[1], 'false')
})

test(`${installed('hypercore')}: nothing of a table is pinned in memory`, async (t) => {
  const { core, folder } = await openLog(t, 64 * 1024)
  const [, table = ''] = String(fs.readFileSync(lastOptions(folder))).split(
    '[TableOptions/BlockBasedTable "corestore"]'
  )
  t.is(/filter_policy=(\w+)/.exec(table)?.[1], 'nullptr', 'no filters')
  const [, pinning = ''] = /metadata_cache_options=\{([^}]*)\}/.exec(table) ?? []
  t.alike(
    [...pinning.matchAll(/(\w+)=(\w+);/g)].map(([, part, tier]) => `${part} ${tier}`).sort(),
    ['partition_pinning kNone', 'top_level_index_pinning kNone', 'unpartitioned_pinning kNone']
  )
})

test(`${installed('hypercore')}: readOnly opens a store that is open, and changes nothing`, async (t) => {
  const { core, folder } = await openLog(t)
  await core.append(b4a.from('a'))
  const store = path.dirname(folder)
  const before = fs.readdirSync(folder)
  const other = new Hypercore(readOnlyStorage(store))
  await other.ready()
  t.alike(other.key, core.key)
  t.is(other.length, 1)
  await other.close()
  t.alike(fs.readdirSync(folder), before)
  await core.append(b4a.from('b'))
  t.is(core.length, 2)
})

async function openLog(
  t: Test,
  writeBufferSize = 16 * 1024 * 1024
): Promise<{ core: Hypercore; folder: string }> {
  const folder = await t.tmp()
  const core = new Hypercore(
    createStorage(folder, {
      writeBufferSize,
      blobGarbageCollectionAgeCutOff: 0.125,
      maxBackgroundJobs: 3,
      blockCache: false,
      tableCacheIndexAndFilterBlocks: false
    })
  )
  await core.ready()
  t.teardown(() => core.close(), { force: true })
  return { core, folder: path.join(folder, 'db') }
}

/** The files of `folder` that have `bytes` in them; RocksDB may delete others meanwhile. */
function filesWith(folder: string, bytes: Uint8Array): string[] {
  return fs
    .readdirSync(folder)
    .map((name) => path.join(folder, name))
    .filter((file) => {
      const content = unlessMissing(() => fs.readFileSync(file) as Uint8Array, b4a.alloc(0))
      return b4a.includes(content, bytes)
    })
}

function lastOptions(folder: string): string {
  const names = fs.readdirSync(folder).filter((name) => name.startsWith('OPTIONS-'))
  return path.join(folder, names.sort().at(-1) ?? '')
}
