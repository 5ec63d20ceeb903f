import createTestnet from 'hyperdht/testnet'
import { closeTestnet, startApp, startReader, startWriter, tagged } from '../helpers/app.ts'
import { asInput, numbered } from '../helpers/numbered.ts'
import { signalsTaken } from '../helpers/proc.ts'
import { onLinux, onPosix } from '../helpers/platform.ts'

const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
const SIGNALS = Object.keys(CODES) as (keyof typeof CODES)[]

onPosix('SIGHUP, SIGINT and SIGTERM stop the writer with 129, 130 and 143', async (t) => {
  const storage = await t.tmp()
  let key: string | null = null
  for (const [i, name] of SIGNALS.entries()) {
    const writer = await startWriter(t, ['--quiet'], { storage, length: i })
    key ??= writer.key
    await writer.append(name)
    t.is(await writer.program.stop(name), CODES[name], name)
    t.is(writer.program.stderr.text, '')
    t.is(writer.key, key)
  }
})

onPosix('SIGHUP, SIGINT and SIGTERM stop the reader with 129, 130 and 143', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a')
  const storage = await t.tmp()
  for (const name of SIGNALS) {
    const reader = await startReader(t, writer.key, ['-q', '--start', '0'], { storage })
    await reader.stdout.line('Block 0: a')
    t.is(await reader.stop(name), CODES[name], name)
    t.is(reader.stderr.text, '')
  }
})

onPosix('a signal stops a reader that still looks for its first peer', async (t) => {
  const reader = await startReader(t, 'ab'.repeat(32))
  await reader.stderr.line('reader-app: the DHT answers')
  t.is(await reader.stop('SIGINT'), 130)
  t.is(reader.stdout.text, '')
})

onLinux('a second signal ends the app at once, with its own exit code', async (t) => {
  const dht = await createTestnet(10)
  t.teardown(() => dht.destroy(), { force: true })
  const bootstrap = String(dht.bootstrap[0]?.port)
  const { program } = await startWriter(t, [], { bootstrap })
  await program.stderr.line('writer-app: the DHT answers')
  // where the DHT is gone, a graceful stop takes its time
  await dht.destroy()

  program.signal('SIGINT')
  await signalsTaken(program)
  t.is(await program.stop('SIGTERM'), 143)
})

onPosix(
  'after a signal in the middle of the input the log holds its first lines, whole and in order',
  async (t) => {
    const storage = await t.tmp()
    const lines = numbered(200_000)
    const first = await startApp(t, 'writer-app', ['--json'], { storage })
    const { key } = await tagged<{ key: string }>(first, 'key')
    void first.write(asInput(lines))
    await tagged(first, 'append')
    t.is(await first.stop(), 143)

    await startWriter(t, [], { storage })
    const reader = await startReader(t, key, ['--start', '0', '--no-follow', '--raw'])
    t.is(await reader.ending, 0)
    const kept = reader.stdout.lines
    t.ok(kept.length > 0 && kept.length < lines.length, `${kept.length} lines`)
    t.ok(kept.every((line, i) => line === lines[i]))
  }
)

closeTestnet()
