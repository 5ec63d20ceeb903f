import b4a from 'b4a'
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import createTestnet from 'hyperdht/testnet'
import { Copy } from '../../shared/storage/copy.ts'
import {
  PRIVATE,
  closeTestnet,
  command,
  homeEnv,
  startApp,
  startReader,
  startWriter,
  tagged
} from '../helpers/app.ts'
import { runWriter } from '../helpers/grown.ts'
import { asWriter } from '../helpers/json.ts'
import { asInput, numbered } from '../helpers/numbered.ts'
import { catches, signalsTaken } from '../helpers/proc.ts'
import { onLinux, onPosix } from '../helpers/platform.ts'
import { Program } from '../helpers/program.ts'
import { Random, chooseSeed } from '../helpers/random.ts'
import { storedLog } from '../helpers/stored.ts'

const CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
const SIGNALS = Object.keys(CODES) as (keyof typeof CODES)[]
const ROUNDS = Number(os.getEnv('ROUNDS') ?? 3)
/** About what either takes on an idle machine, in milliseconds. */
const START_MS = 120

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

onPosix('a signal stops an app whose stderr is a full pipe that nobody reads', async (t) => {
  const fill = 'mkfifo "$0" && exec 3<>"$0" && head -c 65536 /dev/zero >&3 && exec "$@" 2>"$0"'
  const pipe = path.join(await t.tmp(), 'stderr')
  const args = ['--json', '--storage', await t.tmp(), ...PRIVATE]
  const line = ['sh', '-c', fill, pipe, ...command('writer-app'), ...args]
  const writer = await asWriter(new Program(t, line, { env: await homeEnv(t) }), 0)
  await writer.append('one')
  t.is(await writer.program.stop('SIGTERM'), 143)
})

onPosix('a signal stops a reader that still looks for its first peer', async (t) => {
  const reader = await startReader(t, 'ab'.repeat(32))
  await reader.stderr.line('reader-app: the DHT answers')
  t.is(await reader.stop('SIGINT'), 130)
  t.is(reader.stdout.text, '')
})

onLinux('a signal in the middle of a start ends it, and it starts again', async (t) => {
  const random = new Random(chooseSeed())
  t.comment(`SEED=${random.seed}`)
  for (let round = 0; round < ROUNDS; round++) {
    const name = SIGNALS[round % SIGNALS.length] ?? 'SIGINT'
    const storage = path.join(await t.tmp(), 'new')
    const delay = random.below(START_MS)
    // while the modules are still being loaded, or while the store is being made
    const interrupt = async (program: Program, folder: string): Promise<void> => {
      if (round % 2 === 0) await catches(program, CODES[name] - 128)
      else while (!fs.existsSync(folder)) await pause(1)
      await pause(delay)
      program.signal(name)
      t.is(await program.ending, CODES[name], `${name} after ${delay} ms`)
      t.is(program.stderr.text, '')
    }
    const writer = await startApp(t, 'writer-app', ['--json', '-q'], { storage })
    await interrupt(writer, storage)
    const key = await runWriter(storage, ({ core }) => core.key)
    const hex = b4a.toString(key, 'hex')
    const [line = null] = writer.stdout.lines
    if (line !== null) t.ok(line.includes(hex), 'a key that was printed is kept')

    const folder = path.join(storage, 'reader-storage')
    await interrupt(await startReader(t, hex, ['-q'], { storage }), folder)
    const copy = await Copy.open(storage, key)
    t.ok(copy.isKept, 'the copy is opened again')
    await copy.close()
  }
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
    const lines = numbered(50_000)
    const writer = await startApp(t, 'writer-app', ['--json'], { storage })
    void writer.write(asInput(lines))
    await tagged(writer, 'append')
    t.is(await writer.stop(), 143)

    const { lines: kept } = await storedLog(storage)
    t.ok(kept.length > 0 && kept.length < lines.length, `${kept.length} lines`)
    t.ok(kept.every((line, i) => line === lines[i]))
  }
)

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

closeTestnet()
