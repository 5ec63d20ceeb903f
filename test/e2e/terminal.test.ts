import {
  PRIVATE,
  closeTestnet,
  command,
  homeEnv,
  startReader,
  startWriter
} from '../helpers/app.ts'
import { CTRL_C, CTRL_D, onTerminal, runOnTerminal } from '../helpers/terminal.ts'

const HOSTILE = '\x1b[2Jred\x07 \u202egnp.exe'
const SHOWN = '\\x1b[2Jred\\x07 \\u202egnp.exe'

onTerminal(
  'control characters in a block are escaped on a terminal, and kept in a pipe and with --raw',
  async (t) => {
    const writer = await startWriter(t)
    await writer.append('tab\tand 🍐', HOSTILE)

    const flags = ['--start', '0', '-n', '2']
    const reader = [...command('reader-app'), ...flags, ...PRIVATE, writer.key]
    const env = await homeEnv(t)
    const terminal = runOnTerminal(t, reader, { env })
    await terminal.stdout.line('Block 0: tab\tand 🍐\r')
    await terminal.stdout.line(`Block 1: ${SHOWN}\r`)
    t.is(await terminal.ending, 0)
    t.absent(terminal.stdout.text.includes('\x1b'), 'nothing acts on the terminal')

    const pipe = await startReader(t, writer.key, flags)
    t.is(await pipe.ending, 0)
    t.is(pipe.stdout.lines[2], `Block 1: ${HOSTILE}`)

    const bytes = [...command('reader-app'), '--raw', '--quiet', '--start', '1', '-n', '1']
    const raw = runOnTerminal(t, [...bytes, ...PRIVATE, writer.key], { env })
    t.is(await raw.ending, 0)
    t.is(raw.stdout.text, `${HOSTILE}\r\n`)
  }
)

onTerminal('what is typed on one terminal is shown on another, until Ctrl-C', async (t) => {
  const env = await homeEnv(t)
  const writer = runOnTerminal(t, [...command('writer-app'), ...PRIVATE], { env })
  const line = await writer.stdout.line(/^hypercore key: [0-9a-f]{64}\r$/)
  const key = line.trim().slice(-64)
  const nodes = PRIVATE[1]?.replace(/^(?=\d+$)/, '127.0.0.1:')
  await writer.stdout.line(
    `writer-app: read along in another terminal: bare reader-app --bootstrap ${nodes} ${key}\r`
  )
  const reader = runOnTerminal(t, [...command('reader-app'), ...PRIVATE, key], { env })
  await reader.stdout.line('Skipping 0 earlier blocks...\r')
  await writer.write('hello\n')
  await reader.stdout.line('Block 0: hello\r')
  await writer.write('wörld\n')
  await reader.stdout.line('Block 1: wörld\r')

  await writer.write(CTRL_C)
  t.is(await writer.ending, 130)
  await reader.write(CTRL_C)
  t.is(await reader.ending, 130)
})

onTerminal('Ctrl-D ends the input, and the writer goes on serving', async (t) => {
  const env = await homeEnv(t)
  const writer = runOnTerminal(t, [...command('writer-app'), '--json', ...PRIVATE], { env })
  const json = await writer.stdout.line(/"tag":"key"/)
  const { data } = JSON.parse(json) as { data: { key: string } }
  await writer.write('a\n')
  await writer.stdout.line(/"append","data":\{"length":1\}/)
  await writer.write(CTRL_D)
  await writer.stdout.line(/"message":"stdin ended, still serving"/)

  const reader = await startReader(t, data.key, ['--start', '0', '-n', '1'])
  t.is(await reader.ending, 0)
  t.is(reader.stdout.lines[1], 'Block 0: a')
  await writer.write(CTRL_C)
  t.is(await writer.ending, 130)
})

closeTestnet()
