import fs from 'bare-fs'
import path from 'bare-path'
import { test } from 'brittle'
import {
  PRIVATE,
  acknowledged,
  closeTestnet,
  command,
  homeEnv,
  startReader,
  startWriter
} from '../helpers/app.ts'
import { asInput, numbered } from '../helpers/numbered.ts'
import { Program } from '../helpers/program.ts'
import { onLinux, onPosix } from '../helpers/platform.ts'
import { storedLog } from '../helpers/stored.ts'

onPosix('`reader | head -1` ends with 0 once there is more than head wants', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b', 'c')
  const shell = '{ "$@"; echo "exit code $?" >&2; } | head -n 1'
  const reader = [...command('reader-app'), ...PRIVATE, '--start', '0', '--raw', writer.key]
  const pipeline = new Program(t, ['sh', '-c', shell, 'sh', ...reader], { env: await homeEnv(t) })
  t.is(await pipeline.stdout.line(/./), 'a')
  let over = false
  void pipeline.ending.then(() => {
    over = true
  })
  // `head` has what it wants, but may still be there for the next line
  while (!over) await writer.append('more')
  t.is(pipeline.stdout.text, 'a\n')
  await pipeline.stderr.line('exit code 0')
})

test('a reader whose consumer is gone ends with 0', async (t) => {
  const writer = await startWriter(t)
  for (const flags of [[], ['--raw'], ['--json']]) {
    const reader = await startReader(t, writer.key, ['--start', '0', '-q', ...flags])
    await writer.append('a')
    await reader.stdout.line(/a/)
    reader.closeStdout()
    await writer.append('b')
    t.is(await reader.ending, 0, flags.join(' '))
    t.is(reader.stderr.text, '')
  }
})

test('a writer whose stdout has been closed ends with 0, and keeps the line', async (t) => {
  const storage = await t.tmp()
  const writer = await startWriter(t, [], { storage })
  writer.program.closeStdout()
  await writer.program.write('a\n')
  t.is(await writer.program.ending, 0)

  t.alike((await storedLog(storage)).lines, ['a'])
})

onLinux('a standard output that cannot be written is an error, with exit code 1', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a')
  const env = await homeEnv(t)
  const reader = [...command('reader-app'), ...PRIVATE]
  for (const args of [
    [...command('writer-app'), ...PRIVATE, '--storage', await t.tmp()],
    [...reader, '--start', '0', writer.key],
    [...reader, '--start', '0', '--raw', '-q', writer.key],
    [...reader, '--help']
  ]) {
    const program = new Program(t, ['sh', '-c', '"$@" > /dev/full', 'sh', ...args], { env })
    t.is(await program.ending, 1)
    t.ok(/standard output cannot be written \(ENOSPC\): /.test(program.stderr.text))
  }
})

onPosix('a standard input that is closed counts as empty', async (t) => {
  const args = [...command('writer-app'), ...PRIVATE, '--exit-on-eof']
  const env = await homeEnv(t)
  const writer = new Program(t, ['sh', '-c', '"$@" <&-', 'sh', ...args], { env })
  t.is(await writer.ending, 0)
  t.ok(writer.stdout.text.startsWith('hypercore key: '))
})

onPosix('a file may be the input, and a file the output', async (t) => {
  const folder = await t.tmp()
  const input = asInput(numbered(5000))
  fs.writeFileSync(path.join(folder, 'in.txt'), input)
  const shell = 'cd "$0" && exec "$@" < in.txt'
  const writer = new Program(
    t,
    ['sh', '-c', shell, folder, ...command('writer-app'), '--json', '--storage', 'log', ...PRIVATE],
    { env: await homeEnv(t) }
  )
  const key = JSON.parse(await writer.stdout.line(/key/)) as { data: { key: string } }
  await acknowledged(writer, 5000)
  const reader = new Program(
    t,
    [
      ...['sh', '-c', 'cd "$0" && "$@" > out.txt && cat out.txt', folder],
      ...[...command('reader-app'), '--storage', 'copy', ...PRIVATE],
      ...['--start', '0', '--raw', '--no-follow', key.data.key]
    ],
    { env: await homeEnv(t) }
  )
  t.is(await reader.ending, 0)
  t.ok(reader.stdout.text === input)
})

closeTestnet()
