import b4a from 'b4a'
import { test } from 'brittle'
import sodium from 'sodium-universal'
import { BEACON_BYTES, beaconSecret, openBeacon, sealBeacon } from '../../shared/swarm/beacon.ts'
import type { Program } from '../helpers/program.ts'
import { Host, createNetwork, netTest } from '../helpers/net/host.ts'

const HOST = '127.0.0.1'

function random(): Uint8Array {
  const bytes = b4a.alloc(32)
  sodium.randombytes_buf(bytes)
  return bytes
}

function sealed(topic: Uint8Array, publicKey: Uint8Array, beat: number, host = HOST): string {
  const packet = sealBeacon({ publicKey, host, port: 9, beat }, beaconSecret(topic))
  return b4a.toString(packet, 'hex')
}

test('a beacon is opened with its topic alone', (t) => {
  const beacon = { publicKey: random(), host: '192.168.255.1', port: 65535, beat: 2 ** 32 - 1 }
  const topic = random()
  const packet = sealBeacon(beacon, beaconSecret(topic))
  t.alike(openBeacon(packet, beaconSecret(topic)), beacon)
  t.is(openBeacon(packet, beaconSecret(random())), null)
  t.is(openBeacon(packet.subarray(1), beaconSecret(topic)), null)
  packet[40] = (packet[40] ?? 0) ^ 1
  t.is(openBeacon(packet, beaconSecret(topic)), null, 'and only as it was sealed')
})

netTest('all beacons have one size, and no six bytes in common', async (t) => {
  const host = await Host.create(t)
  const topic = random()
  const listener = await startListener(host)
  host.startScript('probe.ts', [hex(topic)])
  host.startScript('probe.ts', [hex(topic)])
  const packets: Uint8Array[] = []
  while (packets.length < 12) packets.push(b4a.from((await heard(listener)).packet, 'hex'))

  t.ok(packets.every(({ byteLength }) => byteLength === BEACON_BYTES))
  const runs = new Set<string>()
  for (const packet of packets) {
    for (let at = 0; at + 6 <= BEACON_BYTES; at++) runs.add(hex(packet.subarray(at, at + 6)))
  }
  t.is(runs.size, packets.length * (BEACON_BYTES - 5), 'no six bytes occur twice')
  const beacons = packets.map((packet) => openBeacon(packet, beaconSecret(topic)))
  t.ok(beacons.every((beacon) => beacon?.host === HOST))
  t.is(new Set(beacons.map((beacon) => beacon && hex(beacon.publicKey))).size, 2)
})

netTest('a beacon is dialled once, however often it is replayed', async (t) => {
  const host = await Host.create(t)
  const topic = random()
  const probe = await startProbe(host, topic)
  const [peer, other] = [random(), random()]
  const beat5 = sealed(topic, peer, 5)
  await send(host, HOST, [...Array<string>(200).fill(beat5), sealed(topic, peer, 4), beat5])
  await send(host, HOST, [sealed(topic, other, 1)])
  await dialled(probe, other)
  t.is(dials(probe, peer), 1)

  await send(host, HOST, [sealed(topic, peer, 6)])
  await dialled(probe, peer)
  t.pass('a newer one is dialled again')
})

netTest('a beacon that comes from another address than it names is not dialled', async (t) => {
  const { hosts } = await createNetwork(t, 3)
  const [a, b, c] = hosts as [Host, Host, Host]
  const topic = random()
  const probe = await startProbe(a, topic)
  const [peer, other] = [random(), random()]
  const beacon = sealed(topic, peer, 1, '10.9.0.2')
  await send(c, '10.9.0.3', [beacon, sealed(topic, other, 1, '10.9.0.3')])
  await dialled(probe, other)
  t.is(dials(probe, peer), 0)

  await send(b, '10.9.0.2', [beacon])
  await dialled(probe, peer)
  t.pass('from its own address it counts')
})

netTest('at most 64 new peers are dialled between two beacons', async (t) => {
  const host = await Host.create(t)
  const topic = random()
  const probe = await startProbe(host, topic)
  const crowd = Array.from({ length: 5000 }, () => sealed(topic, random(), 1))
  await send(host, HOST, crowd)

  // in one of the next beats there is room again
  const late = random()
  const listener = await startListener(host)
  for (let beat = 1; dials(probe, late) === 0; beat++) {
    await send(host, HOST, [sealed(topic, late, beat)])
    await heard(listener)
  }
  const dialled = dialledBetweenBeacons(probe)
  t.ok(Math.max(...dialled) <= 64, `of 5000: ${dialled.join(', ')}`)
})

/** A probe that is known to hear. */
async function startProbe(host: Host, topic: Uint8Array): Promise<Program> {
  const listener = await startListener(host)
  const probe = host.startScript('probe.ts', [hex(topic)])
  await heard(listener)
  await listener.kill()
  return probe
}

async function startListener(host: Host): Promise<Program> {
  const listener = host.startScript('listener.ts')
  await listener.stdout.line('listening')
  return listener
}

async function heard(listener: Program): Promise<{ from: string; packet: string }> {
  const [from = '', packet = ''] = (await listener.stdout.line(/./)).split(' ')
  return { from, packet }
}

async function send(host: Host, via: string, packets: string[]): Promise<void> {
  const sender = host.startScript('sender.ts', [via])
  sender.end(packets.map((packet) => packet + '\n').join(''))
  await sender.stdout.line('sent')
  // its sockets are closed, and nobody kills it while it ends
  await sender.ending
}

async function dialled(probe: Program, publicKey: Uint8Array): Promise<void> {
  await probe.stdout.line((line) => line.startsWith(`dial ${hex(publicKey)}`))
}

/** How many peers `probe` dialled after each of its beacons until the next. */
function dialledBetweenBeacons({ stdout }: Program): number[] {
  const counts = [0]
  for (const line of stdout.lines) {
    if (line === 'beacon') counts.unshift(0)
    else if (line.startsWith('dial ')) counts[0] = (counts[0] ?? 0) + 1
  }
  return counts.reverse()
}

function dials({ stdout }: Program, publicKey: Uint8Array): number {
  return stdout.lines.filter((line) => line.startsWith(`dial ${hex(publicKey)}`)).length
}

function hex(bytes: Uint8Array): string {
  return b4a.toString(bytes, 'hex')
}
