import os from 'bare-os'
import type { Test } from 'brittle'
import { atOnce, inTurn } from '../helpers/at-once.ts'
import { TEST_MS } from '../helpers/limits.ts'
import { arrives, startReader, startWriter } from '../helpers/net/apps.ts'
import { type Host, createNetwork, netTest } from '../helpers/net/host.ts'
import { Promptness } from '../helpers/net/promptness.ts'
import type { Writer } from '../helpers/json.ts'
import type { Program } from '../helpers/program.ts'

// OUTAGE=600 measures outages of ten minutes, in place of those that a run of all tests has time for
const given = Number(os.getEnv('OUTAGE') ?? 0)
const LONG = given || 20
const SHORT = 1

netTest('peers meet soon after a DHT whose nodes were started anew', async (t) => {
  t.timeout(TEST_MS + 1000 * given)
  const promptness = await Promptness.create(t)
  // they are set up one by one: those that wait for longest begin
  await atOnce(t, {
    [`a writer and a reader that have each other are found again after ${LONG} s, and by a reader that was started meanwhile`]:
      (t) => foundAgain(t, promptness, { seconds: LONG, meanwhile: true }),
    'readers that have each other meet a writer that has moved meanwhile': (t) =>
      meetMovedWriter(t, promptness, given || 10),
    [`a writer and a reader that have each other are found again after ${SHORT} s`]: (t) =>
      foundAgain(t, promptness, { seconds: SHORT, meanwhile: false }),
    'readers that have each other meet a writer that is started elsewhere': (t) =>
      meetNewWriter(t, promptness)
  })
})

async function foundAgain(
  t: Test,
  promptness: Promptness,
  { seconds, meanwhile }: { seconds: number; meanwhile: boolean }
): Promise<void> {
  const scene = await inTurn(() => setPair(t))
  const { dht, read } = scene
  const [, , c, , e] = scene.hosts
  await dht.kill()
  const waiting = meanwhile ? [await read(c)] : []
  for (const reader of waiting) await reader.stderr.line(/the DHT does not answer/)
  await passes(seconds)
  await startDht(scene)

  await promptness.soon(t, 'by new readers, and are relayed to', async () => {
    const readers = [...waiting, await read(c)]
    await Promise.all([
      ...readers.map((reader) => arrives(reader, 'one')),
      find(e, scene, 2 + readers.length)
    ])
  })
}

async function meetMovedWriter(t: Test, promptness: Promptness, seconds: number): Promise<void> {
  const { scene, readers, storage } = await inTurn(() => setCrowd(t))
  const { writer, dht, flags } = scene
  await writer.program.kill()
  await dht.kill()
  const moved = await startWriter(scene.hosts[4], [...flags, '--storage', storage], 1)
  await moved.append('two')
  await passes(seconds)
  await startDht(scene)

  await promptness.soon(t, 'both', async () => {
    await Promise.all(readers.map((reader) => arrives(reader, 'two')))
  })
}

async function meetNewWriter(t: Test, promptness: Promptness): Promise<void> {
  const { scene, readers, storage } = await inTurn(() => setCrowd(t))
  const { writer, dht, flags } = scene
  await writer.program.kill()
  await dht.kill()
  await startDht(scene)

  await promptness.soon(t, 'both', async () => {
    const again = await startWriter(scene.hosts[4], [...flags, '--storage', storage], 1)
    await again.append('two')
    await Promise.all(readers.map((reader) => arrives(reader, 'two')))
  })
}

/** A writer of one line on the first of five hosts, and a DHT on the fourth, which is all that it has. */
interface Scene {
  hosts: [Host, Host, Host, Host, Host]
  dht: Program
  /** Where the DHT is. */
  node: string
  /** What keeps an app to that DHT. */
  flags: string[]
  writer: Writer
  /** Starts a reader of the whole log on `host`. */
  read(host: Host): Promise<Program>
}

const DHT = '10.9.0.4'

async function setScene(t: Test, options: string[] = []): Promise<Scene> {
  const hosts = (await createNetwork(t, 5)).hosts as Scene['hosts']
  const dht = hosts[3].startScript('private-dht.ts', [DHT])
  const node = await dht.stdout.line(/:/)
  const flags = ['--no-lan', '--bootstrap', node]
  const writer = await startWriter(hosts[0], [...options, ...flags])
  await writer.append('one')
  const read = (host: Host): Promise<Program> =>
    startReader(host, writer.key, ['--start', '0', ...flags])
  return { hosts, dht, node, flags, writer, read }
}

/** The same, and a reader on the second host. */
async function setPair(t: Test): Promise<Scene> {
  const scene = await setScene(t)
  await arrives(await scene.read(scene.hosts[1]), 'one')
  return scene
}

/** The same, and two readers that are connected to each other. */
async function setCrowd(t: Test): Promise<{ scene: Scene; readers: Program[]; storage: string }> {
  const storage = await t.tmp()
  const scene = await setScene(t, ['--storage', storage])
  const [, b, c, , e] = scene.hosts
  const first = await scene.read(b)
  // two that look for each other at the same time may both come too early
  await find(e, scene, 2)
  const readers = [first, await scene.read(c)]
  await Promise.all(readers.map((reader) => arrives(reader, 'one')))
  await Promise.all(readers.map((reader) => reader.stderr.line(/connected to a reader/)))
  return { scene, readers, storage }
}

/** Resolves once the DHT, asked from `host`, names `count` peers of the log and relays to them. */
async function find(host: Host, { node, writer }: Scene, count: number): Promise<void> {
  await host.startScript('finder.ts', [node, writer.key, String(count)]).stdout.line('found')
}

/** Starts the DHT anew, whose nodes are where they were and know nothing. */
async function startDht({ hosts }: Scene): Promise<void> {
  await hosts[3].startScript('private-dht.ts', [DHT]).stdout.line(/:/)
}

function passes(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
}
