import type { Test } from 'brittle'
import { arrives, startReader, startWriter } from '../helpers/net/apps.ts'
import { Host, createNetwork, netTest } from '../helpers/net/host.ts'

/** A line is not to be missing for longer than this once it can be had. */
const SOON_MS = 15_000

netTest(
  'what is written while the link is down for 5, 25 and 40 s arrives once it is up',
  async (t) => {
    await Promise.all([outage(t, 5), outage(t, 25), outage(t, 40)])
  }
)

async function outage(t: Test, seconds: number): Promise<void> {
  const { hosts, setCable } = await createNetwork(t, 2)
  const [a, b] = hosts as [Host, Host]
  const writer = await startWriter(a)
  const reader = await startReader(b, writer.key, ['--start', '0'])
  await writer.append('before')
  await arrives(reader, 'before')

  await setCable('10.9.0.2', 'down')
  await writer.append('while it is down')
  await new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000))
  await setCable('10.9.0.2', 'up')
  await soon(t, `after ${seconds} s`, arrives(reader, 'while it is down'))
  await writer.append('after')
  await arrives(reader, 'after')
}

netTest('a reader whose address changes goes on', async (t) => {
  const { hosts } = await createNetwork(t, 2)
  const [a, b] = hosts as [Host, Host]
  const writer = await startWriter(a)
  const reader = await startReader(b, writer.key, ['--start', '0'])
  await writer.append('before')
  await arrives(reader, 'before')

  await b.ip('addr del 10.9.0.2/24 dev eth0')
  await b.ip('addr add 10.9.0.77/24 dev eth0')
  await writer.append('after')
  await soon(t, 'with another address', arrives(reader, 'after'))
})

netTest('a writer whose address changes is reached anew', async (t) => {
  const { hosts } = await createNetwork(t, 2)
  const [a, b] = hosts as [Host, Host]
  const writer = await startWriter(a)
  const reader = await startReader(b, writer.key, ['--start', '0'])
  await writer.append('before')
  await arrives(reader, 'before')

  await a.ip('addr del 10.9.0.1/24 dev eth0')
  await a.ip('addr add 10.9.0.77/24 dev eth0')
  await writer.append('after')
  await soon(t, 'with another address', arrives(reader, 'after'))
  await reader.stderr.line(/found .* again at 10\.9\.0\.77/)
})

netTest('processes that are started with no network meet once there is one', async (t) => {
  const host = await Host.create(t)
  await host.ip('link set lo down')
  const writer = await startWriter(host)
  await writer.append('early')
  const reader = await startReader(host, writer.key, ['--start', '0'])
  await reader.stderr.line(/no peer yet/)
  await host.ip('link set lo up')
  await soon(t, 'with a network', arrives(reader, 'early'))
})

async function soon(t: Test, what: string, arrival: Promise<void>): Promise<void> {
  const startedAt = Date.now()
  await arrival
  const ms = Date.now() - startedAt
  t.ok(ms < SOON_MS, `${what}: ${ms} ms`)
}
