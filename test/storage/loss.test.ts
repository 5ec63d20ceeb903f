import fs from 'bare-fs'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import { Checkpoint } from '../../shared/storage/checkpoint.ts'
import { closeTestnet, refuses, startApp, startReader, startWriter } from '../helpers/app.ts'
import { numbered } from '../helpers/numbered.ts'
import { WAL, fileOf, writerDb } from '../helpers/store.ts'
import { storedLog } from '../helpers/stored.ts'
import { append, copyInto, filledStorage, runWriter, writtenStorage } from '../helpers/grown.ts'

const COUNT = 200
const HALF = COUNT / 2
const LINES = numbered(COUNT)

test('a log that comes back shorter is not appended to while no reader gives the rest back', async (t) => {
  const { storage, key } = await filledStorage(t, LINES)
  cutShort(storage)
  const writer = await startApp(t, 'writer-app', ['-q'], { storage })
  writer.end('a line too many\n')
  await refuses(t, writer, 1, /came back with 100 blocks of 200.* start a reader .*--accept-loss/)
  const log = await storedLog(storage)
  t.is(log.key, key)
  t.alike(log.lines, LINES.slice(0, HALF))
})

test('a log that comes back shorter is restored from a reader, and goes on', async (t) => {
  const { storage, reader, key } = await readLog(t)
  cutShort(storage)

  const copy = await startReader(t, key, ['--resume', '--raw'], { storage: reader })
  const writer = await startWriter(t, [], { storage, length: LINES.length })
  t.is(writer.key, key)
  await writer.program.stderr.line(/the log came back shorter/)
  await writer.append('after the loss')
  t.is(await copy.stdout.line(/./), 'after the loss', 'the reader goes on with the next line')

  await writer.program.stop()
  t.alike((await storedLog(storage)).lines, [...LINES, 'after the loss'])
})

test('--accept-loss goes on from the shorter log, and its readers rewind to it', async (t) => {
  const { storage, reader, key } = await readLog(t)
  cutShort(storage)

  const writer = await startWriter(t, ['--accept-loss'], { storage, length: HALF })
  t.is(writer.key, key)
  await writer.append('100 again', '101 again')
  const copy = await startReader(t, key, ['--resume'], { storage: reader })
  await copy.stdout.line('Block 100: 100 again')
  await copy.stdout.line('Block 101: 101 again')
  t.ok(/rewound its log to block 100/.test(copy.stderr.text), 'the reader says so')
  t.is(copy.stdout.lines[1], 'Block 100: 100 again', 'and prints nothing twice')

  await writer.program.stop()
  const again = await startWriter(t, [], { storage, length: HALF + 2 })
  await again.append('102')
  await copy.stdout.line('Block 102: 102')
})

test('each fork has a later number than the one before, with the clock set back too', async (t) => {
  const { storage } = await writtenStorage(t, LINES)
  const real = Date.now
  t.teardown(() => {
    Date.now = real
  })
  const forks: number[] = []
  const fork = () => runWriter(storage, (log) => forks.push(log.core.fork), { newFork: true })
  await fork()
  Date.now = () => 0
  await fork()
  t.ok(forks[0] && forks[0] <= real(), String(forks[0]))
  t.is(forks[1], Number(forks[0]) + 1)
})

test('readers that hold what a power cut took from the writer rewind, and see no conflict', async (t) => {
  const { storage, reader, key } = await readLog(t)
  const before = snapshot(storage)

  const first = await startWriter(t, [], { storage, length: LINES.length })
  const copy = await startReader(t, key, ['--resume', '--raw'], { storage: reader })
  await first.append('200: sent, not synced', '201: sent, not synced')
  await copy.stdout.line('201: sent, not synced')
  await first.program.kill()
  await copy.kill()
  // the disk as it was before, in a machine that has started anew since
  await before(key)

  const second = await startWriter(t, [], { storage, length: LINES.length })
  t.is(second.key, key)
  await second.append('200: after the power cut')
  const again = await startReader(t, key, ['--resume', '--raw'], { storage: reader })
  await again.stdout.line('200: after the power cut')
  await second.append('201: after the power cut')
  await again.stdout.line('201: after the power cut')
  t.ok(/rewound its log to block 200/.test(again.stderr.text), 'the reader says so')
})

/** Takes the second half of the log away, as a damaged disk may. */
function cutShort(storage: string): void {
  const wal = fileOf(writerDb(storage), WAL)
  fs.truncateSync(wal, fs.statSync(wal).size - 1000)
}

/** A log of LINES, the second half in the write-ahead log, and a folder with a copy of all of it. */
async function readLog(t: Test): Promise<{ storage: string; reader: string; key: string }> {
  const { storage, key } = await writtenStorage(t, LINES.slice(0, HALF))
  const reader = await t.tmp()
  await runWriter(storage, async (log) => {
    await append(log, LINES.slice(HALF))
    await copyInto(reader, log.core)
  })
  return { storage, reader, key }
}

/** Remembers what is on the disk; returns what puts it back, as of an earlier start of the machine. */
function snapshot(storage: string): (key: string) => Promise<void> {
  const db = writerDb(storage)
  const files = fs.readdirSync(db).map((name) => {
    const file = path.join(db, name)
    return { file, bytes: fs.readFileSync(file) }
  })
  return async (key) => {
    for (const name of fs.readdirSync(db)) fs.unlinkSync(path.join(db, name))
    for (const { file, bytes } of files) fs.writeFileSync(file, bytes)
    const record = new Checkpoint(path.join(storage, 'writer-storage.record'))
    await record.save({ key, fork: 0, length: LINES.length, boot: 'earlier' })
    record.close()
  }
}

closeTestnet()
