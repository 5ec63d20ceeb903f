import type { Test } from 'brittle'
import { arrives, startReader, startWriter } from '../helpers/net/apps.ts'
import { type Host, createNetwork, netTest } from '../helpers/net/host.ts'
import type { Writer } from '../helpers/json.ts'
import type { Program } from '../helpers/program.ts'

/** Peers are found again this soon after a DHT whose nodes were started anew. */
const SOON_MS = 15_000

netTest(
  'a writer with a reader is found again after the DHT was away for 1, 10 and 40 s',
  async (t) => {
    await Promise.all([1, 10, 40].map((seconds) => foundAgain(t, seconds)))
  }
)

async function foundAgain(t: Test, seconds: number): Promise<void> {
  const scene = await setScene(t)
  const { writer, dht, flags } = scene
  const [, b, c] = scene.hosts
  await arrives(await startReader(b, writer.key, ['--start', '0', ...flags]), 'one')
  await dht.kill()
  await passes(seconds)
  await startDht(scene)

  await soon(t, `after ${seconds} s`, async () => {
    const reader = await startReader(c, writer.key, ['--start', '0', ...flags])
    await arrives(reader, 'one')
  })
}

netTest('peers are relayed to again after the DHT was away for 1 and 40 s', async (t) => {
  await Promise.all([1, 40].map((seconds) => relayedAgain(t, seconds)))
})

async function relayedAgain(t: Test, seconds: number): Promise<void> {
  const scene = await setScene(t)
  const { writer, dht, node, flags } = scene
  const [, b, c] = scene.hosts
  await arrives(await startReader(b, writer.key, ['--start', '0', ...flags]), 'one')
  await dht.kill()
  await passes(seconds)
  await startDht(scene)

  await soon(t, `after ${seconds} s`, async () => {
    await c.startScript('finder.ts', [node, writer.key, '2']).stdout.line('found')
  })
}

netTest('a reader that was started while the DHT was away meets the writer', async (t) => {
  const scene = await setScene(t)
  const { writer, dht, flags } = scene
  const [, b, c] = scene.hosts
  await arrives(await startReader(b, writer.key, ['--start', '0', ...flags]), 'one')
  await dht.kill()
  const reader = await startReader(c, writer.key, ['--start', '0', ...flags])
  await reader.stderr.line(/the DHT does not answer/)
  await passes(20)
  await startDht(scene)
  await soon(t, 'once it is back', () => arrives(reader, 'one'))
})

netTest('readers that have each other meet a writer that is started elsewhere', async (t) => {
  const storage = await t.tmp()
  const scene = await setScene(t, ['--storage', storage])
  const { writer, dht, flags } = scene
  const [, b, c, , e] = scene.hosts
  const readers = await Promise.all(
    [b, c].map((host) => startReader(host, writer.key, ['--start', '0', ...flags]))
  )
  await Promise.all(readers.map((reader) => arrives(reader, 'one')))
  await Promise.all(readers.map((reader) => reader.stderr.line(/connected to a reader/)))
  await writer.program.kill()
  await dht.kill()
  await startDht(scene)

  await soon(t, 'both', async () => {
    const again = await startWriter(e, [...flags, '--storage', storage], 1)
    await again.append('two')
    await Promise.all(readers.map((reader) => arrives(reader, 'two')))
  })
})

/** A writer of one line on the first of five hosts, and a DHT on the fourth, which is all that it has. */
interface Scene {
  hosts: [Host, Host, Host, Host, Host]
  dht: Program
  /** Where the DHT is. */
  node: string
  flags: string[]
  writer: Writer
}

const DHT = '10.9.0.4'

async function setScene(t: Test, options: string[] = []): Promise<Scene> {
  const hosts = (await createNetwork(t, 5)).hosts as Scene['hosts']
  const dht = hosts[3].startScript('private-dht.ts', [DHT])
  const node = await dht.stdout.line(/:/)
  const flags = ['--no-lan', '--bootstrap', node]
  const writer = await startWriter(hosts[0], [...options, ...flags])
  await writer.append('one')
  return { hosts, dht, node, flags, writer }
}

/** Starts the DHT anew, whose nodes are where they were and know nothing. */
async function startDht({ hosts }: Scene): Promise<void> {
  await hosts[3].startScript('private-dht.ts', [DHT]).stdout.line(/:/)
}

function passes(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
}

async function soon(t: Test, what: string, happens: () => Promise<void>): Promise<void> {
  const startedAt = Date.now()
  await happens()
  const ms = Date.now() - startedAt
  t.ok(ms < SOON_MS, `${what}: ${ms} ms`)
}
