import b4a from 'b4a'
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import { Checkpoint } from '../../shared/storage/checkpoint.ts'
import { Copy } from '../../shared/storage/copy.ts'
import {
  type AppName,
  closeTestnet,
  refuses,
  startApp,
  startWriter,
  tagged
} from '../helpers/app.ts'
import type { Program } from '../helpers/program.ts'
import { Random, chooseSeed } from '../helpers/random.ts'
import { numbered } from '../helpers/numbered.ts'
import { CURRENT, fileOf, readerDb, writerDb } from '../helpers/store.ts'
import { storedLog } from '../helpers/stored.ts'
import { createDisk, diskTest } from './disk.ts'
import { copiedStorage, filledStorage, runWriter } from '../helpers/grown.ts'

const ROUNDS = Number(os.getEnv('ROUNDS') ?? 2)
/** Longer than it takes to fill a store that has been begun, on an idle machine, in milliseconds. */
const MAKING_MS = 40
const KEY = 'ab'.repeat(32)
const APPS: AppName[] = ['writer-app', 'reader-app']
const KB = 1024

/** Files of a store in the order in which the first start makes them, each by the end of its path. */
const STEPS = [/-storage$/, /CORESTORE$/, /CURRENT$/, /\.sst$/, /\.record$/]

for (const app of APPS) {
  test(`${app}: a first start that is killed at any file leaves a folder that starts`, async (t) => {
    for (const step of STEPS) {
      const storage = path.join(await t.tmp(), 'new')
      const program = await start(t, app, storage)
      let over = false
      void program.ending.then(() => {
        over = true
      })
      const made = (pattern: RegExp): boolean => pathsBelow(storage).some((at) => pattern.test(at))
      await Promise.race([appears(storage), program.ending])
      while (!over && !made(step) && !made(/\.record$/)) await turn()
      await program.kill()
      t.comment(`killed at ${step}: ${pathsBelow(storage).length} files`)
      if (step === STEPS.at(-1)) await starts(t, app, storage)
      else await opens(t, app, storage)
    }
  })

  test(`${app}: a first start that is killed at any moment leaves a folder that starts`, async (t) => {
    const random = new Random(chooseSeed())
    t.comment(`SEED=${random.seed}`)
    for (let round = 0; round < ROUNDS; round++) {
      const storage = path.join(await t.tmp(), 'new')
      const program = await start(t, app, storage)
      await appears(storage)
      while (!pathsBelow(storage).some((at) => at.endsWith('CORESTORE'))) await turn()
      const delay = random.below(MAKING_MS)
      await new Promise<void>((resolve) => setTimeout(resolve, delay))
      await program.kill()
      t.comment(`killed ${delay} ms later: ${pathsBelow(storage).length} files`)
      const key = /"key":"([0-9a-f]{64})"/.exec(program.stdout.text)?.[1]
      await opens(t, app, storage, key)
    }
  })

  diskTest(
    `${app}: a disk that is full at the first start is no harm once there is room`,
    async (t) => {
      const disk = await createDisk(t, 64 * 1024 * KB)
      for (const size of [4, 64, 192]) {
        const storage = path.join(disk.folder, 'new')
        disk.resize(size * KB)
        const program = await start(t, app, storage)
        // a writer that has found room serves on
        program.end('a line\n')
        const ending = await Promise.race([program.ending, room(program)])
        t.comment(`${size} KB: ${ending}`)
        if (ending === 1) t.ok(program.stderr.text.includes(': the disk is full'), 'says so')
        await program.kill()
        disk.resize(64 * 1024 * KB)
        await opens(t, app, storage)
        fs.rmSync(storage, { recursive: true })
      }
    }
  )
}

test('a key that was printed is that of a log on the disk', async (t) => {
  const storage = await t.tmp()
  const writer = await startWriter(t, [], { storage })
  await writer.program.kill()
  const record = new Checkpoint(path.join(storage, 'writer-storage.record'))
  t.is(record.state?.key, writer.key, 'its record names it')
  record.close()
  t.alike(await storedLog(storage), { key: writer.key, lines: [] })
})

test('of several first starts in one folder one makes the log, and the others make nothing worse', async (t) => {
  const storage = path.join(await t.tmp(), 'new')
  const writers = await Promise.all([1, 2, 3, 4].map(() => start(t, 'writer-app', storage)))
  const keys: string[] = []
  const endings = writers.map(async (writer) => {
    const key = await keyOf(writer)
    if (key !== null) keys.push(key)
    else await refuses(t, writer, 1, /is in use by another process: stop that one/)
  })
  await Promise.all(endings)
  t.is(keys.length, 1)
  await Promise.all(writers.map((writer) => writer.kill()))
  await opens(t, 'writer-app', storage, keys[0])
})

/** What a start of an earlier version left, which made a store in its place. */
const BEGINNINGS: Record<string, string>[] = [
  {},
  { CORESTORE: '' },
  { CORESTORE: 'device/platform=linux\n' },
  { CORESTORE: '', 'db/LOG': 'a log', 'db/LOCK': '', 'db/000000.dbtmp': '' },
  { CORESTORE: '', 'db/LOG': 'a log', 'db/LOCK': '', 'db/IDENTITY': 'a', 'db/MANIFEST-000001': 'b' }
]

test('the beginning of a store that an earlier version left is made anew', async (t) => {
  for (const beginning of BEGINNINGS) {
    for (const app of APPS) {
      const storage = await t.tmp()
      plant(
        path.dirname(app === 'writer-app' ? writerDb(storage) : readerDb(storage, KEY)),
        beginning
      )
      t.comment(`${app}: ${Object.keys(beginning).join(', ')}`)
      await opens(t, app, storage)
    }
  }
})

test('a store that holds anything is never made anew, whatever became of it', async (t) => {
  const lines = numbered(100)
  const { writer, reader, key } = await copiedStorage(t, lines)
  const folders = [
    { app: 'writer-app' as const, storage: writer, db: writerDb(writer) },
    { app: 'reader-app' as const, storage: reader, db: readerDb(reader, key) }
  ]
  fs.unlinkSync(path.join(writer, 'writer-storage.record'))
  for (const { app, storage, db } of folders) {
    const flags = app === 'reader-app' ? [key] : []
    const aside = await t.tmp()
    for (const [file, left] of [
      [fileOf(db, CURRENT), null],
      [path.join(db, '..', 'CORESTORE'), '']
    ] as const) {
      fs.renameSync(file, path.join(aside, 'file'))
      if (left !== null) fs.writeFileSync(file, left)
      const before = contentOf(storage)
      const program = await startApp(t, app, flags, { storage })
      await refuses(t, program, 1, /is damaged|was copied or moved/)
      t.alike(contentOf(storage), before, 'and stays as it was')
      fs.renameSync(path.join(aside, 'file'), file)
    }
  }
  t.alike(await storedLog(writer), { key, lines })
})

test('what a start that was cut off has left beside a store is removed, and the store is kept', async (t) => {
  const lines = numbered(10)
  const { storage, key } = await filledStorage(t, lines)
  const folder = path.dirname(writerDb(storage))
  plant(folder, { 'unfinished.lock': '', 'unfinished/db/CURRENT': 'MANIFEST-000001' })
  await opens(t, 'writer-app', storage, key)
  t.alike(fs.readdirSync(folder).sort(), ['CORESTORE', 'db'])
  t.alike(await storedLog(storage), { key, lines })
})

function plant(folder: string, files: Record<string, string>): void {
  fs.mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    fs.writeFileSync(path.join(folder, name), content)
  }
}

/** The files of the store below `storage` that hold what was stored, each with its bytes. */
function contentOf(storage: string): [file: string, hex: string][] {
  return pathsBelow(storage)
    .filter((file) => fs.statSync(file).isFile() && !/LOG(\.old\.\d+)?$/.test(file))
    .map((file) => [file, String(fs.readFileSync(file, 'hex'))])
}

/** Starts `app` in `storage`: a reader of a log that has no writer. */
function start(t: Test, app: AppName, storage: string): Promise<Program> {
  return app === 'writer-app'
    ? startApp(t, app, ['--json', '-q'], { storage })
    : startApp(t, app, ['-q', '--no-follow', '--timeout', '0', KEY], { storage })
}

/** Asserts that `app` starts in `storage`. */
async function starts(t: Test, app: AppName, storage: string): Promise<void> {
  const program = await start(t, app, storage)
  if (app === 'reader-app') {
    t.is(await program.ending, 3, 'starts: ' + program.stderr.text.trim())
    return
  }
  const printed = (await keyOf(program)) ?? program.stderr.text
  await program.kill()
  t.ok(/^[0-9a-f]{64}$/.test(printed), `starts: ${printed.trim()}`)
}

/** Asserts that what `app` keeps in `storage` is opened in this process, a log with `key` where that is known. */
async function opens(t: Test, app: AppName, storage: string, key?: string): Promise<void> {
  if (app === 'reader-app') {
    const copy = await Copy.open(storage, b4a.from(KEY, 'hex'))
    t.ok(copy.isKept, 'opens')
    return copy.close()
  }
  const opened = await runWriter(storage, ({ core }) => b4a.toString(core.key, 'hex'))
  if (key === undefined) t.pass('opens')
  else t.is(opened, key, 'opens with its key')
}

/** The key that `writer` prints; null where it ends without one. */
async function keyOf(writer: Program): Promise<string | null> {
  try {
    return (await tagged<{ key: string }>(writer, 'key')).key
  } catch {
    await writer.ending
    return null
  }
}

/** Resolves once `program` has acknowledged a line; never where it does not. */
function room(program: Program): Promise<string> {
  return program.stdout.line(/append/).then(
    () => 'room',
    () => new Promise(() => {})
  )
}

/** Resolves once `folder` is there: until then a program only loads its modules. */
function appears(folder: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!fs.existsSync(folder)) return
      watcher.close()
      resolve()
    }
    const watcher = fs.watch(path.dirname(folder), look)
    look()
  })
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1))
}

function pathsBelow(folder: string): string[] {
  let names: string[] = []
  try {
    names = fs.readdirSync(folder)
  } catch {
    // it is no folder, or not yet, or no more
    return []
  }
  return names.flatMap((name) => {
    const at = path.join(folder, name)
    return [at, ...pathsBelow(at)]
  })
}

closeTestnet()
