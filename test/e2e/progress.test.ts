import { test } from 'brittle'
import {
  PRIVATE,
  closeTestnet,
  command,
  homeEnv,
  startApp,
  startReader,
  startWriter
} from '../helpers/app.ts'
import { untilBlock } from '../helpers/blocks.ts'
import { onPosix } from '../helpers/platform.ts'
import { CTRL_C, CTRL_D, onTerminal, runOnTerminal } from '../helpers/terminal.ts'

onTerminal(
  'a writer that waits for a reader shows how far that is, and says when it is there',
  async (t) => {
    const env = await homeEnv(t)
    const writer = runOnTerminal(t, [...command('writer-app'), '-e', ...PRIVATE], { env })
    const line = await writer.stdout.line(/^hypercore key: /)
    await writer.write('a\nb\n')
    await writer.write(CTRL_D)
    await writer.stdout.includes(
      '\r\x1b[Kwriter-app: no readers, the furthest holds 0 of 2 blocks (0 %)'
    )
    const reader = await startReader(t, line.trim().slice(-64), ['--start', '0', '-n', '2'])
    t.is(await reader.ending, 0)
    t.is(await writer.ending, 0)
    const { text } = writer.stdout
    t.ok(text.includes('writer-app: a reader holds all 2 blocks of this run\r\n'))
    t.absent(text.slice(text.indexOf('holds all')).includes('furthest'), 'and the line is gone')
  }
)

test('off a terminal nothing is drawn, and one line says what became of it', async (t) => {
  const writer = await startApp(t, 'writer-app', ['-e'])
  const line = await writer.stdout.line(/^hypercore key: /)
  writer.end('a\nb\n')
  await writer.stderr.line(/stdin ended, waiting/)
  const reader = await startReader(t, line.slice(-64), ['--start', '0', '-n', '2'])
  t.is(await reader.ending, 0)
  t.is(await writer.ending, 0)
  await writer.stderr.line('writer-app: a reader holds all 2 blocks of this run')
  await reader.stderr.line(/^reader-app: caught up at block 2 in \d+(\.\d)? s$/)
  t.absent((writer.stderr.text + reader.stderr.text).includes('\r'))
})

onPosix('SIGUSR1 and SIGUSR2 ask how far an app is, and end none', async (t) => {
  const writer = await startApp(t, 'writer-app', [])
  const line = await writer.stdout.line(/^hypercore key: /)
  await writer.write('a\nb\n')
  const reader = await startReader(t, line.slice(-64), ['--start', '0'])
  await untilBlock(reader, 1)
  reader.signal('SIGUSR1')
  await reader.stderr.line('reader-app: at block 2 of 2 (100 %)')
  reader.signal('SIGUSR2')
  await reader.stderr.line('reader-app: at block 2 of 2 (100 %)')
  writer.signal('SIGUSR1')
  await writer.stderr.line(/^writer-app: 1 reader, the furthest holds \d of 2 blocks/)
  await writer.write('c\n')
  await untilBlock(reader, 2)

  const quiet = await startReader(t, line.slice(-64), ['--quiet', '--start', '0'])
  await untilBlock(quiet, 2)
  quiet.signal('SIGUSR2')
  await writer.write('d\n')
  await untilBlock(quiet, 3)
  t.is(quiet.stderr.text, '')
})

onTerminal('no status lands in the middle of a line that is being typed', async (t) => {
  const env = await homeEnv(t)
  const writer = runOnTerminal(t, [...command('writer-app'), '--json', ...PRIVATE], { env })
  const line = await writer.stdout.line(/"tag":"key"/)
  await writer.write('first\n')
  await writer.stdout.line(/"tag":"append","data":\{"length":1\}/)
  await writer.write('half of ')
  await writer.stdout.includes('half of ')
  const { data } = JSON.parse(line) as { data: { key: string } }
  const reader = await startReader(t, data.key, ['--start', '0'])
  await untilBlock(reader, 0)
  await writer.write('a line\n')
  await untilBlock(reader, 1)
  await writer.stdout.line(/"tag":"peer"/)
  t.ok(writer.stdout.text.includes('half of a line\r\n'), writer.stdout.text)
  await writer.write(CTRL_C)
  t.is(await writer.ending, 130)
})

test('with --json scripts are told that all that was there is there', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b')
  const flags = ['--json', '--start', '0', '-n', '2']
  const reader = await startReader(t, writer.key, flags)
  t.is(await reader.ending, 0)
  const { data } = reader.events.find(({ tag }) => tag === 'caughtup') ?? {}
  t.is(data?.['blocks'], 2)
  const live = await startReader(t, writer.key, ['--json', '--no-follow'])
  t.is(await live.ending, 0)
  t.is(live.events.find(({ tag }) => tag === 'caughtup')?.data['blocks'], 2)
})

closeTestnet()
