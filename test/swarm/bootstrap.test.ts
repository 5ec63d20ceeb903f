import { arrives, startReader, startWriter } from '../helpers/net/apps.ts'
import type { Program } from '../helpers/program.ts'
import { Host, createNetwork, netTest, routeIntoTheVoid } from '../helpers/net/host.ts'

/** Datagrams with which HyperDHT tries its own sockets, over loopback. */
const PROBES = 1

netTest('--bootstrap none finds peers on the local network, and speaks of no DHT', async (t) => {
  const { hosts } = await createNetwork(t, 2)
  const [a, b] = hosts as [Host, Host]
  const writer = await startWriter(a, ['--bootstrap', 'none'])
  await writer.append('one')
  await writer.program.stderr.line(
    'writer-app: no peer yet, still looking on this machine and the local network'
  )
  const reader = await startReader(b, writer.key, ['--bootstrap', 'none', '--tail', '1'])
  await arrives(reader, 'one')
  await writer.program.stop('SIGINT')
  await reader.stderr.line(
    'reader-app: lost the writer (no peers), still looking on this machine and the local network'
  )
  await reader.stop('SIGINT')
  t.absent(/DHT/.test(writer.program.stderr.text + reader.stderr.text))
})

netTest('--bootstrap none sends no packet but beacons', async (t) => {
  const { hosts } = await createNetwork(t, 2)
  await Promise.all(hosts.map(routeIntoTheVoid))
  const [a, b] = hosts as [Host, Host]
  const [none, some] = await Promise.all([
    startWriter(a, ['--no-lan', '--bootstrap', 'none']),
    startWriter(b, ['--no-lan', '--bootstrap', '10.9.0.1:9'])
  ])
  await Promise.all([none, some].map(({ program }) => program.stderr.line(/no peer yet/)))
  t.ok((await datagramsOf(b)) > PROBES, 'nodes of a DHT are asked')
  t.is(await datagramsOf(a), PROBES, 'where there are any')
})

netTest('a host in --bootstrap that nobody knows is named, and the others are asked', async (t) => {
  const host = await Host.create(t)
  const nodes = await host.startScript('dht.ts').stdout.line(/^127/)
  const flags = ['--no-lan', '--bootstrap', `no.such.host.invalid:49737,${nodes}`]
  const writer = await startWriter(host, flags)
  await writer.append('one')
  await writer.program.stderr.line(
    /^writer-app: the DHT node at no\.such\.host\.invalid is left out, its host has no address \(no name server answers\): check the name in --bootstrap$/
  )
  const reader = await startReader(host, writer.key, ['--start', '0', ...flags])
  await arrives(reader, 'one')
  t.is(count(writer.program, 'no.such.host'), 1)
})

function count({ stderr }: Program, text: string): number {
  return stderr.lines.filter((line) => line.includes(text)).length
}

/** Datagrams that the programs on `host` have sent. */
async function datagramsOf(host: Host): Promise<number> {
  const [names = '', values = ''] = (await host.output(['cat', '/proc/net/snmp']))
    .split('\n')
    .filter((line) => line.startsWith('Udp:'))
  return Number(values.split(' ')[names.split(' ').indexOf('OutDatagrams')])
}
