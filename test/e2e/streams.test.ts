import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import Hypercore from 'hypercore'
import {
  type AppName,
  PRIVATE,
  closeTestnet,
  command,
  homeEnv,
  startReader,
  startWriter
} from '../helpers/app.ts'
import { createLog } from '../helpers/cores.ts'
import { onLinux } from '../helpers/platform.ts'
import { type Ending, Program } from '../helpers/program.ts'
import { storedCopy, storedLog } from '../helpers/stored.ts'
import { announce } from '../helpers/swarm.ts'
import { onTerminal, runOnTerminal } from '../helpers/terminal.ts'
import { createDisk, diskTest } from '../storage/disk.ts'

const KEY = 'ab'.repeat(32)
/** Every choice of streams that can be closed where a program is started. */
const CLOSED = ['<&-', '>&-', '2>&-', '<&- >&-', '<&- 2>&-', '>&- 2>&-', '<&- >&- 2>&-']

onLinux('a writer whose streams are closed ends as if there were nothing in them', async (t) => {
  for (const closed of CLOSED) {
    const storage = await t.tmp()
    const writer = await runIn(
      t,
      'writer-app',
      ['-q', '--exit-on-eof', '--timeout', '0'],
      closed,
      storage
    )
    writer.end('a\nb\n')
    t.is(await ended(t, writer), expectedOfWriter(closed), closed)
    t.is(writer.stdout.text.startsWith('hypercore key: '), !closes(closed, 1), 'prints the key')
    const { key, lines } = await storedLog(storage)
    // the key comes first: where it cannot be printed, nothing is appended
    t.alike(lines, closes(closed, 0) || closes(closed, 1) ? [] : ['a', 'b'], 'the log is whole')
    t.is(writer.stderr.lines.length, expectedOfWriter(closed) === 3 && !closes(closed, 2) ? 1 : 0)
    t.alike(holding(storage, key), ['writer-storage.record'], 'no output is in a file of the store')
  }
})

onLinux('a reader whose streams are closed ends as if there were nothing in them', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b')
  const flags = ['-q', '--raw', '--start', '0', '-n', '2', writer.key]
  for (const closed of CLOSED) {
    const storage = await t.tmp()
    const reader = await runIn(t, 'reader-app', flags, closed, storage)
    t.is(await ended(t, reader), 0, closed)
    t.is(reader.stdout.text, closes(closed, 1) ? '' : 'a\nb\n')
    t.is(reader.stderr.text, '')
    // without stdout it leaves before it has taken anything
    const taken = closes(closed, 1) ? [] : ['a', 'b']
    t.alike(await storedCopy(storage, writer.key), taken, 'the copy is whole')
  }
})

onLinux('a reader without stdout waits for no peer, and serves on with --seed', async (t) => {
  const lonely = await runIn(t, 'reader-app', [KEY], '>&-', await t.tmp())
  t.is(await ended(t, lonely), 0)
  t.is(lonely.stderr.text, '')

  const writer = await startWriter(t)
  await writer.append('a')
  const seed = await runIn(t, 'reader-app', ['--seed', writer.key], '>&-', await t.tmp())
  await seed.stderr.line(/holding every block so far \(1\)/)
  seed.signal('SIGTERM')
  t.is(await ended(t, seed), 143)
})

onLinux('a signal ends an app whose streams are closed', async (t) => {
  const writer = await runIn(t, 'writer-app', ['--json'], '<&- 2>&-', await t.tmp())
  await writer.stdout.line(/"key"/)
  writer.signal('SIGTERM')
  t.is(await ended(t, writer), 143)
})

onLinux('a status that cannot be written leaves stderr what it is', async (t) => {
  const writer = await runIn(t, 'writer-app', ['--json'], '2>/dev/full', await t.tmp())
  await writer.stdout.line(/"key"/)
  // the status line comes before the data that is written after it
  await writer.write('a\n')
  await writer.stdout.line(/"append"/)
  t.is(fs.readlinkSync(`/proc/${writer.pid}/fd/2`), '/dev/full', 'no other file has its number')
})

onLinux('a folder in the place of stdin is an error in one line', async (t) => {
  const writer = await runIn(t, 'writer-app', ['-q'], '< /', await t.tmp())
  t.is(await ended(t, writer), 1)
  t.ok(/^writer-app: standard input cannot be read \(EISDIR\): /.test(writer.stderr.text))
  t.is(writer.stderr.lines.length, 1)
})

diskTest('an output file that takes only a part of the data is an error, not an end', async (t) => {
  const disk = await createDisk(t, 64 * 1024)
  const writer = await startWriter(t)
  await writer.append('x'.repeat(200_000))
  const reader = await runIn(
    t,
    'reader-app',
    ['-q', '--raw', '--start', '0', '-n', '1', writer.key],
    `> '${path.join(disk.folder, 'out')}'`,
    await t.tmp()
  )
  t.is(await ended(t, reader), 1)
  t.ok(/standard output cannot be written \(ENOSPC\): /.test(reader.stderr.text))
})

onTerminal('a terminal that hangs up is the end of stdin', async (t) => {
  const folder = await t.tmp()
  const line = [...command('writer-app'), '--json', '--exit-on-eof', '--timeout', '0']
  // of a session of its own, so that the terminal takes no signal along
  const script = `terminal=$(tty); cd "$0"; setsid sh -c '"$@" < "$0" > out; echo $? > code' "$terminal" "$@"`
  const terminal = runOnTerminal(
    t,
    ['sh', '-c', script, folder, ...line, '--storage', path.join(folder, 'log'), ...PRIVATE],
    { env: await homeEnv(t) }
  )
  await terminal.write('typed\n')
  const has = (name: string, text: string): boolean => {
    const file = path.join(folder, name)
    return fs.existsSync(file) && String(fs.readFileSync(file)).includes(text)
  }
  while (!has('out', '"append"')) await pause()
  await terminal.kill()
  while (!has('code', '\n')) await pause()
  t.is(String(fs.readFileSync(path.join(folder, 'code'))), '3\n', 'nobody holds the line')
})

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10))
}

function closes(closed: string, fd: number): boolean {
  return closed.split(' ').includes(['<&-', '>&-', '2>&-'][fd] ?? '')
}

/** Without stdout a writer is done at once; without stdin there is nothing that a peer must hold. */
function expectedOfWriter(closed: string): number {
  return closes(closed, 0) || closes(closed, 1) ? 0 : 3
}

/** Starts `app` by a shell that does `redirections`. */
async function runIn(
  t: Test,
  app: AppName,
  flags: string[],
  redirections: string,
  storage: string
): Promise<Program> {
  const line = [...command(app), ...flags, '--storage', storage, ...PRIVATE]
  return new Program(t, ['sh', '-c', `exec "$@" ${redirections}`, 'sh', ...line], {
    env: await homeEnv(t)
  })
}

/** How `program` ended: it has not aborted, and says nothing about a fault of its own. */
async function ended(t: Test, program: Program): Promise<Ending> {
  const ending = await program.ending
  t.absent(/bug|Uncaught|    at /.test(program.stderr.text), program.stderr.text.trim())
  return ending
}

/** The files below `folder` that hold `text`. */
function holding(folder: string, text: string): string[] {
  return fs.readdirSync(folder).flatMap((name) => {
    const at = path.join(folder, name)
    if (fs.statSync(at).isDirectory()) return holding(at, text)
    return String(fs.readFileSync(at, 'latin1')).includes(text) ? [name] : []
  })
}

closeTestnet()
