import type { Test } from 'brittle'
import { atOnce, inTurn } from '../helpers/at-once.ts'
import { arrives, startReader, startWriter } from '../helpers/net/apps.ts'
import { Host, type Network, createNetwork, netTest } from '../helpers/net/host.ts'
import { Promptness } from '../helpers/net/promptness.ts'
import type { Writer } from '../helpers/json.ts'
import type { Program } from '../helpers/program.ts'

netTest('a line arrives soon after it can be had', async (t) => {
  const promptness = await Promptness.create(t)
  const outages = [30, 15, 5].map((seconds): [string, (t: Test) => Promise<void>] => [
    `what is written while the link is down for ${seconds} s arrives once it is up`,
    (t) => linkIsDown(t, promptness, seconds)
  ])
  await atOnce(t, {
    ...Object.fromEntries(outages),
    'a reader whose address changes goes on': (t) => readerMoves(t, promptness),
    'a writer whose address changes is reached anew': (t) => writerMoves(t, promptness),
    'processes that are started with no network meet once there is one': (t) =>
      networkComes(t, promptness)
  })
})

async function linkIsDown(t: Test, promptness: Promptness, seconds: number): Promise<void> {
  const { writer, reader, setCable } = await inTurn(() => setScene(t))
  await setCable('10.9.0.2', 'down')
  await writer.append('while it is down')
  await new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000))
  await setCable('10.9.0.2', 'up')
  await promptness.soon(t, 'it arrives', () => arrives(reader, 'while it is down'))
  await writer.append('after')
  await arrives(reader, 'after')
}

async function readerMoves(t: Test, promptness: Promptness): Promise<void> {
  const { hosts, writer, reader } = await inTurn(() => setScene(t))
  await hosts[1]?.ip('addr del 10.9.0.2/24 dev eth0')
  await hosts[1]?.ip('addr add 10.9.0.77/24 dev eth0')
  await writer.append('after')
  await promptness.soon(t, 'with another address', () => arrives(reader, 'after'))
}

async function writerMoves(t: Test, promptness: Promptness): Promise<void> {
  const { hosts, writer, reader } = await inTurn(() => setScene(t))
  await hosts[0]?.ip('addr del 10.9.0.1/24 dev eth0')
  await hosts[0]?.ip('addr add 10.9.0.77/24 dev eth0')
  await writer.append('after')
  await promptness.soon(t, 'with another address', () => arrives(reader, 'after'))
  await reader.stderr.line(/found .* again at 10\.9\.0\.77/)
}

async function networkComes(t: Test, promptness: Promptness): Promise<void> {
  const host = await Host.create(t)
  await host.ip('link set lo down')
  const writer = await startWriter(host)
  await writer.append('early')
  const reader = await startReader(host, writer.key, ['--start', '0'])
  await reader.stderr.line(/no peer yet/)
  await host.ip('link set lo up')
  await promptness.soon(t, 'with a network', () => arrives(reader, 'early'))
}

/** A writer on one host, and on another a reader that has all its lines. */
async function setScene(t: Test): Promise<Network & { writer: Writer; reader: Program }> {
  const network = await createNetwork(t, 2)
  const [a, b] = network.hosts as [Host, Host]
  const writer = await startWriter(a)
  const reader = await startReader(b, writer.key, ['--start', '0'])
  await writer.append('before')
  await arrives(reader, 'before')
  return { ...network, writer, reader }
}
