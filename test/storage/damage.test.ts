import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { test } from 'brittle'
import { Copy } from '../../shared/storage/copy.ts'
import { openWriter } from '../../shared/storage/open.ts'
import { closeTestnet, refuses, startApp, startReader, startWriter } from '../helpers/app.ts'
import {
  CURRENT,
  MANIFEST,
  SST,
  WAL,
  fileOf,
  readerDb,
  scribble,
  writerDb
} from '../helpers/store.ts'
import { numbered } from '../helpers/numbered.ts'
import { storedLog } from '../helpers/stored.ts'
import { copiedStorage, filledStorage, writtenStorage } from '../helpers/grown.ts'

const COUNT = 1000
const LINES = numbered(COUNT)
/** Where the blocks lie in a table: before the hashes. */
const BLOCKS = 1 / 5

/** What may become of a file of a store, each with the words that the app has for it. */
const DAMAGES: { what: string; file: RegExp; harm: (file: string) => void }[] = [
  { what: 'CURRENT is gone', file: CURRENT, harm: (file) => fs.unlinkSync(file) },
  { what: 'CURRENT is garbage', file: CURRENT, harm: (file) => fs.writeFileSync(file, 'garbage') },
  { what: 'the MANIFEST is garbage', file: MANIFEST, harm: scribble },
  { what: 'the MANIFEST is gone', file: MANIFEST, harm: (file) => fs.unlinkSync(file) },
  { what: 'an SST is cut short', file: SST, harm: (file) => fs.truncateSync(file, 1000) },
  { what: 'an SST is gone', file: SST, harm: (file) => fs.unlinkSync(file) }
]

test('a writer whose store is damaged says so in one line, and makes nothing worse', async (t) => {
  const { storage, key } = await filledStorage(t, LINES)
  const reason = `${path.join(storage, 'writer-storage')} is damaged .*backup`
  for (const { what, file, harm } of DAMAGES) {
    const mend = damage(fileOf(writerDb(storage), file), harm)
    // RocksDB would make a new, empty store when it is opened for the second time
    for (const time of ['first', 'second']) {
      const opening = openWriter(storage, { private: false })
      await t.exception(opening, new RegExp(reason), `${what}, the ${time} time`)
    }
    mend()
  }
  const mend = damage(fileOf(writerDb(storage), CURRENT), fs.unlinkSync)
  const writer = await startApp(t, 'writer-app', [], { storage })
  await refuses(t, writer, 1, new RegExp(`^writer-app: ${reason}`))
  t.is(writer.stdout.text, '', 'prints no key')
  mend()
  const log = await storedLog(storage)
  t.is(log.key, key)
  t.alike(log.lines, LINES, 'with its files back, the log is whole')
})

test('a reader whose copy is damaged says so in one line, and reads again once it is deleted', async (t) => {
  const { writer, reader, key } = await copiedStorage(t, LINES)
  const db = readerDb(reader, key)
  for (const { what, file, harm } of DAMAGES) {
    const mend = damage(fileOf(db, file), harm)
    const opening = Copy.open(reader, b4a.from(key, 'hex'))
    await t.exception(opening, / is damaged .*delete it and start again/, what)
    mend()
  }
  damage(fileOf(db, CURRENT), fs.unlinkSync)
  const program = await startReader(t, key, ['--start', '0'], { storage: reader })
  await refuses(t, program, 1, /^reader-app: .* is damaged .*delete it and start again/)
  fs.rmSync(path.dirname(db), { recursive: true })
  await startWriter(t, [], { storage: writer })
  const again = await startReader(t, key, ['--start', '0', '--raw', '-n', String(COUNT)], {
    storage: reader
  })
  t.is(await again.ending, 0)
  t.alike(again.stdout.lines, LINES)
})

test('a writer that cannot read a block that a reader asks for says so in one line', async (t) => {
  const { storage, key } = await filledStorage(t, LINES)
  scribble(fileOf(writerDb(storage), SST), BLOCKS)
  const writer = await startApp(t, 'writer-app', ['-q'], { storage })
  const reader = await startReader(t, key, ['--start', '0', '--raw'])
  await refuses(t, writer, 1, /^writer-app: the log is damaged .*backup/)
  await reader.kill()
  t.alike(reader.stdout.lines, LINES.slice(0, reader.stdout.lines.length), 'prints nothing wrong')
})

test('a reader that cannot read a block of its copy says so in one line', async (t) => {
  const { reader, key } = await copiedStorage(t, LINES)
  scribble(fileOf(readerDb(reader, key), SST), BLOCKS)
  const program = await startReader(t, key, ['--start', '0', '--raw', '-q'], { storage: reader })
  await refuses(t, program, 1, /^reader-app: the log is damaged .*delete it and start again/)
  t.alike(program.stdout.lines, LINES.slice(0, program.stdout.lines.length), 'prints nothing wrong')
})

test('a reader whose write-ahead log is damaged fetches again what it lost', async (t) => {
  const { key, append } = await startWriter(t)
  await append(...LINES)
  const reader = await t.tmp()
  const read = async (): Promise<readonly string[]> => {
    const flags = ['--start', '0', '--raw', '-n', String(COUNT)]
    const program = await startReader(t, key, flags, { storage: reader })
    t.is(await program.ending, 0)
    return program.stdout.lines
  }
  t.alike(await read(), LINES)
  scribble(fileOf(readerDb(reader, key), WAL))
  t.alike(await read(), LINES)
})

test('a writer whose store is gone, or holds another log, starts no new one in its place', async (t) => {
  const { storage, key } = await writtenStorage(t, LINES)
  const folder = path.join(storage, 'writer-storage')
  const other = await writtenStorage(t, LINES)

  fs.renameSync(folder, path.join(storage, '..', path.basename(storage) + '-aside'))
  const emptied = await startApp(t, 'writer-app', [], { storage })
  await refuses(t, emptied, 1, new RegExp(`^writer-app: ${folder} is gone, and with it .*${key}`))
  t.absent(fs.existsSync(folder), 'and makes nothing there')

  fs.renameSync(path.join(other.storage, 'writer-storage'), folder)
  const swapped = await startApp(t, 'writer-app', [], { storage })
  await refuses(t, swapped, 1, new RegExp(`no longer holds the log ${key} but another one`))

  fs.rmSync(path.join(storage, '..', path.basename(storage) + '-aside'), { recursive: true })
})

test('a checkpoint survives damage to one of its two slots, and is refused when both are damaged', async (t) => {
  const { storage } = await writtenStorage(t, LINES)
  const file = path.join(storage, 'writer-storage.record')
  const slots = [0, 4096]
  for (const offset of slots) {
    const mend = damage(file, (at) => overwrite(at, offset))
    const writer = await startWriter(t, [], { storage, length: LINES.length })
    await writer.program.stop()
    mend()
  }
  for (const offset of slots) overwrite(file, offset)
  const writer = await startApp(t, 'writer-app', [], { storage })
  await refuses(t, writer, 1, new RegExp(`^writer-app: ${file} is damaged`))
})

/** Harms `file`; returns what puts it back. */
function damage(file: string, harm: (file: string) => void): () => void {
  const bytes = fs.readFileSync(file)
  harm(file)
  return () => fs.writeFileSync(file, bytes, { mode: 0o600 })
}

function overwrite(file: string, offset: number): void {
  const fd = fs.openSync(file, 'r+')
  fs.writeSync(fd, b4a.alloc(32, 'X'), 0, 32, offset)
  fs.closeSync(fd)
}

closeTestnet()
