import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import { closeTestnet, refuses, startApp, startReader, startWriter } from '../helpers/app.ts'
import { untilBlock } from '../helpers/blocks.ts'
import { copiedStorage, copyInto, runWriter, writtenStorage } from '../helpers/grown.ts'
import type { AppName } from '../helpers/launch.ts'
import { temporaryIn } from '../helpers/store.ts'

test('--list shows the log that is written, and --key its key, while it runs and when it does not', async (t) => {
  const storage = await t.tmp()
  t.is(await printedBy(t, 'writer-app', ['--list'], storage), '', 'there is none yet')
  t.alike(fs.readdirSync(storage), [], 'and none is made')
  await refuses(
    t,
    await startApp(t, 'writer-app', ['--key'], { storage }),
    1,
    /there is no log in /
  )

  const { key, append, program } = await startWriter(t, [], { storage })
  await append('a', 'b', 'c')
  for (const running of [true, false]) {
    const [log, ...more] = await listed(t, 'writer-app', storage)
    t.alike([log?.key, log?.blocks, log?.running, more.length], [key, 3, running, 0])
    t.ok((log?.bytes ?? 0) > 10_000 && (log?.bytes ?? 0) < 80_000_000, `${log?.bytes} bytes`)
    t.is(await printedBy(t, 'writer-app', ['--key'], storage), `hypercore key: ${key}\n`)
    const table = (await printedBy(t, 'writer-app', ['--list'], storage)).split('\n')
    t.is(table.length, 3)
    t.ok(table[1]?.startsWith(`${key}            3  `))
    t.is(table[1]?.endsWith('running'), running)
    if (running) await program.stop()
  }
  await opensAgain(t, storage, key, 3)
})

test('--key of a private log is both of its keys', async (t) => {
  const storage = await t.tmp()
  const { program } = await startWriter(t, ['--private'], { storage })
  t.is(
    await printedBy(t, 'writer-app', ['--key', '--json'], storage),
    `${program.stdout.lines[0] ?? ''}\n`
  )
})

test('--list shows every copy, what was used last first, and those beside it not', async (t) => {
  const { reader: storage, key: old } = await copiedStorage(t, ['a', 'b', 'c'])
  const recent = await startWriter(t)
  await recent.append('a', 'b')
  const reader = await startReader(t, recent.key, ['--start', '0'], { storage })
  await untilBlock(reader, 1)
  const beside = await startReader(t, recent.key, ['--start', '0'], { storage })
  await untilBlock(beside, 1)
  const logs = await listed(t, 'reader-app', storage)
  t.alike(
    logs.map(({ key, blocks, running }) => ({ key, blocks, running })),
    [
      { key: recent.key, blocks: 2, running: true },
      { key: old, blocks: 3, running: false }
    ]
  )
  for (const { used } of logs) t.ok(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(used), used)
})

test('--list names the folder of a copy that cannot be read', async (t) => {
  const { reader: storage } = await copiedStorage(t, ['a', 'b'])
  const [whole] = await listed(t, 'reader-app', storage)
  fs.writeFileSync(path.join(whole?.folder ?? '', 'db', 'CURRENT'), 'damaged')
  const [log] = await listed(t, 'reader-app', storage)
  t.alike([log?.key, log?.folder], [null, whole?.folder])
  const table = await printedBy(t, 'reader-app', ['--list'], storage)
  t.ok(table.includes(`unreadable: ${whole?.folder}`))
})

test('--forget deletes a copy and its positions, and no other', async (t) => {
  const storage = await t.tmp()
  const [gone, kept] = [await writtenStorage(t, ['a']), await writtenStorage(t, ['a'])]
  for (const log of [gone, kept]) {
    await runWriter(log.storage, ({ core }) => copyInto(storage, core))
  }
  t.is(await printedBy(t, 'reader-app', [`--forget=${gone.key}`], storage), '')
  const left = await listed(t, 'reader-app', storage)
  t.alike(
    left.map(({ key }) => key),
    [kept.key]
  )
  const folder = path.basename(left[0]?.folder ?? '')
  t.alike(fs.readdirSync(path.join(storage, 'reader-storage')).sort(), [
    folder,
    `${folder}.lock`,
    `${folder}.positions`
  ])
  await startWriter(t, [], { storage: gone.storage, length: 1 })
  const again = await startReader(t, gone.key, ['--resume', '--start', '0', '-n', '1'], { storage })
  t.is(await again.ending, 0)
  t.is(again.stdout.lines[1], 'Block 0: a', 'it is read from the beginning again')
  const unknown = await startApp(t, 'reader-app', ['--forget', 'ab'.repeat(32)], { storage })
  await refuses(t, unknown, 1, /there is no copy of (ab){32} in .*: --list shows those/)
})

test('--forget deletes nothing that is in use, by a reader or as its position', async (t) => {
  const storage = await t.tmp()
  const { key, append } = await startWriter(t)
  await append('a')
  const reader = await startReader(t, key, ['--start', '0'], { storage })
  await untilBlock(reader, 0)
  const forget = async (): Promise<void> => {
    const program = await startApp(t, 'reader-app', ['--forget', key], { storage })
    await refuses(t, program, 1, /is in use by another process: stop that one/)
  }
  await forget()
  const beside = await startReader(t, key, ['--start', '0', '--resume=mail'], { storage })
  await untilBlock(beside, 0)
  await reader.stop()
  await forget()
  await append('b')
  await untilBlock(beside, 1)
  t.is(temporaryIn(storage).length, 1)
  await beside.stop()
  t.is(await printedBy(t, 'reader-app', ['--forget', key], storage), '')
})

test('--forget deletes the log that is written by its own key alone, and not while it runs', async (t) => {
  const storage = await t.tmp()
  const { key, append, program } = await startWriter(t, [], { storage })
  await append('a')
  const forget = (flag: string) => startApp(t, 'writer-app', ['--forget', flag], { storage })
  await refuses(t, await forget(key), 1, /is in use by another process/)
  await program.stop()
  const other = b4a.toString(b4a.alloc(32, 1), 'hex')
  await refuses(t, await forget(other), 1, new RegExp(`holds the log ${key}: give --forget just`))
  const done = await forget(key)
  t.is(await done.ending, 0)
  t.is(done.stdout.text, '')
  t.alike(fs.readdirSync(storage), [])
  const next = await startWriter(t, [], { storage })
  t.not(next.key, key, 'the next start makes a new one')
})

test('--forget ends what it was cut off at, and deletes a log that is damaged', async (t) => {
  const { storage, key } = await writtenStorage(t, ['a'])
  const folder = path.join(storage, 'writer-storage')
  // as a kill leaves it that comes while the folder is deleted
  fs.unlinkSync(path.join(folder, 'db', 'CURRENT'))
  const forget = (flag: string) => startApp(t, 'writer-app', ['--forget', flag], { storage })
  await refuses(t, await forget('ab'.repeat(32)), 1, new RegExp(`holds the log ${key}: give`))
  t.is(await (await forget(key)).ending, 0)
  t.alike(fs.readdirSync(storage), [])
})

test('--forget deletes nothing that lies behind a link', async (t) => {
  for (const below of ['', 'db']) {
    const { storage, key } = await writtenStorage(t, ['a'])
    const elsewhere = path.join(await t.tmp(), 'moved')
    const folder = path.join(storage, 'writer-storage', below)
    fs.renameSync(folder, elsewhere)
    fs.symlinkSync(elsewhere, folder)
    const before = fs.readdirSync(elsewhere).sort()
    const forget = await startApp(t, 'writer-app', ['--forget', key], { storage })
    await refuses(t, forget, 1, /is a link to another place: delete that, and then the link/)
    t.alike(fs.readdirSync(elsewhere).sort(), before)
    await opensAgain(t, storage, key, 1)
  }
})

closeTestnet()

interface Listed {
  key: string | null
  blocks: number
  bytes: number
  used: string
  running: boolean
  folder: string
}

async function listed(t: Test, app: AppName, storage: string): Promise<Listed[]> {
  const lines = (await printedBy(t, app, ['--list', '--json'], storage)).trimEnd().split('\n')
  return lines.map((line) => {
    const { cmd, tag, data } = JSON.parse(line) as { cmd: string; tag: string; data: Listed }
    t.alike([`${cmd}-app`, tag], [app, 'log'])
    return data
  })
}

/** The writer in `storage` opens the log `key` as it was. */
function opensAgain(t: Test, storage: string, key: string, length: number): Promise<void> {
  return runWriter(storage, ({ core }) => {
    t.alike([b4a.toString(core.key, 'hex'), core.length], [key, length], 'the log is as it was')
  })
}

async function printedBy(t: Test, app: AppName, flags: string[], storage: string): Promise<string> {
  const program = await startApp(t, app, flags, { storage })
  t.is(await program.ending, 0)
  return program.stdout.text
}
