import { BEACON_BYTES, PORT } from '../../shared/swarm/beacon.ts'
import { processorTime } from '../helpers/proc.ts'
import { arrives, startReader, startWriter } from '../helpers/net/apps.ts'
import { Host, createNetwork, netTest } from '../helpers/net/host.ts'

netTest('--no-lan sends not one multicast packet', async (t) => {
  const host = await Host.create(t)
  const writer = await startWriter(host, ['--no-lan'])
  const reader = await startReader(host, writer.key, ['--no-lan'])
  // long after the last quick beat
  await reader.stderr.line(/the DHT does not answer, looking nowhere else/)
  t.is(await multicastPackets(host), 0)

  const listener = host.startScript('listener.ts')
  await listener.stdout.line('listening')
  await startReader(host, writer.key)
  await listener.stdout.line(/^127/)
  t.ok((await multicastPackets(host)) > 0, 'and without it the same count is not 0')
})

netTest(
  'a reader whose beacon port is taken says so once, and is found all the same',
  async (t) => {
    const { hosts } = await createNetwork(t, 2)
    const [a, b] = hosts as [Host, Host]
    const writer = await startWriter(a)
    await writer.append('through')
    await holdPort(b)
    const reader = await startReader(b, writer.key, ['--start', '0'])
    await arrives(reader, 'through')
    const lines = reader.stderr.lines.filter((line) => line.includes(`port ${PORT} is taken`))
    t.is(lines.length, 1)
  }
)

netTest('a writer whose beacon port is taken is found all the same', async (t) => {
  const { hosts } = await createNetwork(t, 2)
  const [a, b] = hosts as [Host, Host]
  await holdPort(a)
  const writer = await startWriter(a)
  await writer.append('through')
  await arrives(await startReader(b, writer.key, ['--start', '0']), 'through')
  t.pass('the reader has the line')
})

netTest('where both beacon ports are taken the apps go on without the local network', async (t) => {
  const host = await Host.create(t)
  await holdPort(host)
  const writer = await startWriter(host)
  const reader = await startReader(host, writer.key)
  await reader.stderr.line(/may not be found: port/)
  await reader.stderr.line(/the DHT does not answer/)
  await writer.append('on disk')
  t.pass('the writer appends')
})

netTest('a flood of garbage takes little of the processor, and peers meet after it', async (t) => {
  const host = await Host.create(t)
  const writer = await startWriter(host)
  const before = processorTime(writer.program)
  const startedAt = Date.now()
  const sender = host.startScript('sender.ts', ['127.0.0.1', '60000', String(BEACON_BYTES)])
  await sender.stdout.line('sent')
  const taken = processorTime(writer.program) - before
  const elapsed = (Date.now() - startedAt) / 1000
  t.ok(taken < Math.max(0.3, elapsed / 4), `${taken} of ${elapsed.toFixed(2)} s`)

  await writer.append('still here')
  await arrives(await startReader(host, writer.key, ['--start', '0']), 'still here')
})

netTest('replayed beacons of a peer that has gone keep no reader from its writer', async (t) => {
  const { hosts } = await createNetwork(t, 2)
  const [a, b] = hosts as [Host, Host]
  const listener = a.startScript('listener.ts')
  await listener.stdout.line('listening')
  const storage = await t.tmp()
  const first = await startWriter(a, ['--storage', storage])
  await first.append('one')
  const gone = await startReader(b, first.key, ['--start', '0'])
  await arrives(gone, 'one')
  await listener.stdout.line(/^10\.9\.0\.2 /)
  await gone.kill()
  await first.program.kill()
  const recorded = listener.stdout.lines.filter((line) => line.startsWith('10.9.0.2 '))
  const packets = recorded.map((line) => line.slice('10.9.0.2 '.length))

  // a writer that has never heard of that peer
  const writer = await startWriter(a, ['--storage', storage], 1)
  const sender = b.startScript('sender.ts', ['10.9.0.2'])
  sender.end((packets.join('\n') + '\n').repeat(100))
  await sender.stdout.line('sent')
  const reader = await startReader(b, writer.key, ['--start', '0'])
  await writer.append('two')
  await arrives(reader, 'two')
  t.pass('the reader has the line')
})

netTest('two logs on one machine keep to themselves', async (t) => {
  const host = await Host.create(t)
  const [one, two] = await Promise.all([startWriter(host), startWriter(host)])
  const readers = await Promise.all([
    startReader(host, one.key, ['--start', '0']),
    startReader(host, two.key, ['--start', '0'])
  ])
  await one.append('of one')
  await two.append('of two')
  await Promise.all([arrives(readers[0], 'of one'), arrives(readers[1], 'of two')])
  t.ok([one, two].every(({ program }) => !program.stderr.text.includes('2 peers')))
})

/** Takes the beacon port of `host` for a program that does not share it. */
async function holdPort(host: Host): Promise<void> {
  const sink = host.startScript('sink.ts', [String(PORT)])
  await sink.stdout.line(`port ${PORT}`)
}

// the kernel counts for each network by itself; IGMP reports count too
async function multicastPackets(host: Host): Promise<number> {
  const text = await host.output(['cat', '/proc/net/netstat'])
  const [names = [], counts = []] = text
    .split('\n')
    .filter((line) => line.startsWith('IpExt:'))
    .map((line) => line.split(' '))
  return Number(counts[names.indexOf('OutMcastPkts')])
}
