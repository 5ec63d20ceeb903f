import b4a from 'b4a'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import Hypercore from 'hypercore'
import { createCopy } from '../helpers/cores.ts'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { makeBackup, putBack } from '../helpers/backup.ts'
import {
  type Run,
  append,
  appendIn,
  copyInto,
  replicate,
  runWriter,
  writtenStorage
} from '../helpers/grown.ts'
import { SYNC, onrequest, say } from '../helpers/hostile.ts'
import { numbered } from '../helpers/numbered.ts'
import type { Program } from '../helpers/program.ts'
import { storedLog } from '../helpers/stored.ts'
import { announce } from '../helpers/swarm.ts'

const FIRST = numbered(20)
const MORE = numbered(30, FIRST.length)
const ALL = [...FIRST, ...MORE]

test('a writer that was put back from a backup takes the missing blocks back from a reader', async (t) => {
  const { storage, key, restore } = await backedUp(t)
  const reader = await follow(t, key, await copied(t, storage))
  restore()

  const writer = await startWriter(t, [], { storage, length: ALL.length })
  await writer.append('after')
  await reader.stdout.line('after')
  t.alike(reader.stdout.lines, [...ALL, 'after'])
  await writer.program.stop()
  t.alike((await storedLog(storage)).lines, [...ALL, 'after'])
})

test('what it had let go of since then is not missed', async (t) => {
  const { storage, key, restore } = await backedUp(t)
  const reader = await startReader(t, key, ['--start', '0', '--raw', '--keep', '20'])
  const keeping = await startWriter(t, ['--keep', '20'], { storage, length: FIRST.length })
  await reader.stdout.line(FIRST.at(-1) ?? '')
  await keeping.append(...MORE)
  await reader.stdout.line(MORE.at(-1) ?? '')
  await keeping.program.stop()
  // at its start a writer says what it keeps
  const next = await startWriter(t, ['--keep', '20'], { storage, length: ALL.length })
  await next.append('next')
  await reader.stdout.line('next')
  await next.program.stop()
  restore()

  const writer = await startWriter(t, ['--keep', '20'], { storage, length: ALL.length + 1 })
  await writer.append('after')
  await reader.stdout.line('after')
  t.alike(reader.stdout.lines, [...ALL, 'next', 'after'])
})

test('and from a plain Hypercore reader', async (t) => {
  const { storage, restore } = await backedUp(t)
  const reader = await runWriter(storage, async (log) => {
    await append(log, MORE)
    const reader = await createCopy(t, log.core)
    await replicate(log.core, reader)
    return reader
  })
  await announce(t, reader)
  restore()

  const writer = await startWriter(t, [], { storage, length: ALL.length })
  await writer.append('after')
  await writer.program.stop()
  t.alike((await storedLog(storage)).lines, [...ALL, 'after'])
})

test('and from that one too while others claim to hold it and send nothing', async (t) => {
  const { storage, key, restore } = await backedUp(t)
  const reader = await follow(t, key, await copied(t, storage))
  restore()
  for (let i = 0; i < 3; i++) await announce(t, await createLiar(t, key))

  const writer = await startWriter(t, [], { storage, length: ALL.length })
  await writer.append('after')
  await reader.stdout.line('after')
})

test('a backup from before a rewind is brought to the log as it was rewound', async (t) => {
  const { storage, key, restore } = await backedUp(t)
  const reader = await follow(t, key, await copied(t, storage, { newFork: true }))
  restore()

  const writer = await startWriter(t, [], { storage, length: ALL.length })
  await writer.append('after')
  await reader.stdout.line('after')
  t.alike(reader.stdout.lines, [...ALL, 'after'])
})

test('a log that was rewound, put back, and rewound again goes on, and readers of the first rewind', async (t) => {
  const { storage, key, restore } = await backedUp(t)
  const copy = await copied(t, storage, { newFork: true })
  restore()
  await appendIn(storage, ['acknowledged'], { newFork: true })

  const reader = await follow(t, key, copy)
  const length = FIRST.length + 1
  const writer = await startWriter(t, [], { storage, length })
  await writer.append('after')
  await reader.stdout.line('after')
  t.alike(reader.stdout.lines, [...ALL, 'acknowledged', 'after'])
})

test('a log that was put back while no reader was there stops at the first that comes', async (t) => {
  const { storage, key, restore } = await backedUp(t)
  const reader = await copied(t, storage)
  restore()
  const idle = await startWriter(t, [], { storage })
  idle.program.end()
  await idle.program.stderr.line(/stdin ended, still serving/)
  const back = await startReader(t, key, ['--resume', '--raw'], { storage: reader })
  t.is(await idle.program.ending, 1)
  t.ok(/holds 50 blocks of this log, and 20 are here/.test(idle.program.stderr.text))

  const again = await startWriter(t, [], { storage, length: ALL.length })
  await again.append('after')
  await back.stdout.line('after')
})

for (const lines of [3, 100]) {
  test(`a writer that has appended ${lines} lines to an old backup stops once a reader shows it`, async (t) => {
    const { storage, key, restore } = await backedUp(t)
    const reader = await copied(t, storage)
    restore()
    const alone = await startWriter(t, [], { storage, length: FIRST.length })
    await alone.append(...numbered(lines, 1000))

    const back = await startReader(t, key, ['--resume', '--raw'], { storage: reader })
    t.is(await alone.program.ending, 1)
    await tellsOfOthers(t, alone.program)

    // it knows by now, whoever is there
    const again = await startWriter(t, [], { storage })
    t.is(await again.program.ending, 1)
    t.ok(/--accept-loss/.test(again.program.stderr.text), again.program.stderr.text)

    const accepting = await startWriter(t, ['--accept-loss'], {
      storage,
      length: FIRST.length + lines
    })
    await accepting.append('agreed')
    await back.stdout.line('agreed')
    t.alike(back.stdout.lines, [...numbered(lines, 1000), 'agreed'], 'the reader rewinds')
    t.ok(/rewound its log to block 20/.test(back.stderr.text), 'and says so')
  })
}

test('an old backup that was appended to is not mended with what readers hold', async (t) => {
  const { storage, key, restore } = await backedUp(t)
  const reader = await copied(t, storage)
  restore()
  await isNotMended(t, { storage, key, reader })
})

test('and neither is one from before a rewind', async (t) => {
  const { storage, key, restore } = await backedUp(t)
  const reader = await rewound(t, storage, 1)
  restore()
  await isNotMended(t, { storage, key, reader })
})

test('a log that was put back from before several rewinds goes on with what is here', async (t) => {
  const { storage, key, restore } = await backedUp(t)
  const reader = await rewound(t, storage, 3)
  restore()
  const alone = await startWriter(t, [], { storage, length: FIRST.length })
  await alone.append('acknowledged')
  const back = await startReader(t, key, ['--resume', '--raw'], { storage: reader })
  t.is(await alone.program.ending, 1)
  await tellsOfOthers(t, alone.program)

  const length = FIRST.length + 1
  const accepting = await startWriter(t, ['--accept-loss'], { storage, length })
  await accepting.append('agreed')
  await back.stdout.line('agreed')
  t.alike(back.stdout.lines.slice(-2), ['acknowledged', 'agreed'])
})

test('of two machines that write copies of one log the second stops, and both name the other', async (t) => {
  const { storage, restore, backup } = await backedUp(t)
  restore()
  const first = await startWriter(t, [], { storage, length: FIRST.length })
  await first.append('mine')

  const elsewhere = await t.tmp()
  putBack(backup, elsewhere)
  const second = await startWriter(t, [], { storage: elsewhere })
  second.program.end('yours\n')
  t.is(await second.program.ending, 1)
  t.ok(
    /another process, at 127\.0\.0\.1:\d+, writes this log|a peer at 127\.0\.0\.1:\d+ holds 21 blocks/.test(
      second.program.stderr.text
    ),
    second.program.stderr.text
  )
  t.absent(/"append"/.test(second.program.stdout.text), 'it has acknowledged nothing')
  await first.program.stderr.line(/a copy of this log was started at 127\.0\.0\.1:\d+/)
  await first.append('mine again')
})

/** A writer of the log in `storage` appends, and then stops at the reader that holds other blocks of it. */
async function isNotMended(
  t: Test,
  { storage, key, reader }: { storage: string; key: string; reader: string }
): Promise<void> {
  await appendIn(storage, ['an acknowledged line'])
  // announced by now
  const back = await startReader(t, key, ['--resume', '--raw'], { storage: reader })
  await back.stderr.line(/no peer yet/)

  const again = await startWriter(t, [], { storage })
  t.is(await again.program.ending, 1)
  await tellsOfOthers(t, again.program)
  t.alike((await storedLog(storage)).lines, [...FIRST, 'an acknowledged line'])
}

/** A log of FIRST, and a backup of it. */
async function backedUp(t: Test) {
  const { storage, key } = await writtenStorage(t, FIRST)
  const backup = path.join(await t.tmp(), 'backup')
  makeBackup(storage, backup)
  return { storage, key, backup, restore: () => putBack(backup, storage) }
}

/** Starts a reader of the whole log that has its copy in `storage`; a writer finds it from now on. */
async function follow(t: Test, key: string, storage: string): Promise<Program> {
  const reader = await startReader(t, key, ['--start', '0', '--raw'], { storage })
  // announced by now
  await reader.stderr.line(/no peer yet/)
  return reader
}

/** A peer that claims to hold one block more than ALL, and answers nothing. */
async function createLiar(t: Test, key: string): Promise<Hypercore> {
  const liar = new Hypercore(await t.tmp(), b4a.from(key, 'hex'), { eagerUpgrade: false })
  t.teardown(() => liar.close(), { force: true })
  await liar.ready()
  const length = ALL.length + 1
  liar.on('peer-add', (peer) => {
    onrequest(peer, () => {})
    say(peer, 'sync', { ...SYNC, length, remoteLength: FIRST.length })
    say(peer, 'range', { drop: false, start: 0, length })
  })
  return liar
}

/** A folder with a copy of the log in `storage` once MORE is appended to it. */
async function copied(t: Test, storage: string, run?: Run): Promise<string> {
  const reader = await t.tmp()
  await runWriter(
    storage,
    async (log) => {
      await append(log, MORE)
      await copyInto(reader, log.core)
    },
    run
  )
  return reader
}

/** A folder with a copy of the log in `storage` once its writer has rewound it `times` times. */
async function rewound(t: Test, storage: string, times: number): Promise<string> {
  const reader = await t.tmp()
  for (let i = 0; i < times; i++) {
    await runWriter(
      storage,
      async (log) => {
        await append(log, [`rewound ${i}`])
        await copyInto(reader, log.core)
      },
      { newFork: true }
    )
  }
  return reader
}

async function tellsOfOthers(t: Test, program: Program): Promise<void> {
  await program.stderr.line(/--accept-loss/)
  t.ok(
    /a peer at 127\.0\.0\.1:\d+ holds other blocks/.test(program.stderr.text),
    program.stderr.text
  )
}

closeTestnet()
