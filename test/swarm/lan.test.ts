import { arrives, startReader, startWriter } from '../helpers/net/apps.ts'
import { Host, createNetwork, netTest } from '../helpers/net/host.ts'

netTest('two processes meet on a machine that has nothing but its loopback', async (t) => {
  const host = await Host.create(t)
  const writer = await startWriter(host)
  const reader = await startReader(host, writer.key, ['--start', '0'])
  await writer.append('hello')
  await arrives(reader, 'hello')

  // whoever comes first is found too
  const second = await startReader(host, writer.key, ['--start', '0'])
  await arrives(second, 'hello')
  t.pass('both readers have the line')
})

netTest('a reader that is started first meets its writer as soon as that runs', async (t) => {
  const host = await Host.create(t)
  const storage = await t.tmp()
  const first = await startWriter(host, ['--storage', storage])
  await first.append('one')
  await first.program.stop('SIGINT')

  const reader = await startReader(host, first.key, ['--start', '0'])
  await reader.stderr.line(/no peer yet, still looking in the DHT, on this machine/)
  const writer = await startWriter(host, ['--storage', storage], 1)
  await arrives(reader, 'one')
  await writer.append('two')
  await arrives(reader, 'two')
  t.is(writer.key, first.key)
})

netTest(
  'six readers on three hosts with no route to anywhere, started at once, all follow',
  async (t) => {
    const { hosts } = await createNetwork(t, 3)
    const [a] = hosts as [Host]
    const writer = await startWriter(a)
    await writer.append('first')
    const readers = await Promise.all(
      [...hosts, ...hosts].map((host) => startReader(host, writer.key, ['--tail', '1']))
    )
    await Promise.all(readers.map((reader) => arrives(reader, 'first')))
    await writer.append('second')
    await Promise.all(readers.map((reader) => arrives(reader, 'second')))
    t.pass('all have both lines')
  }
)

netTest('what a reader holds reaches another when the writer has gone', async (t) => {
  const { hosts } = await createNetwork(t, 3)
  const [a, b, c] = hosts as [Host, Host, Host]
  const writer = await startWriter(a)
  await writer.append('kept')
  const first = await startReader(b, writer.key, ['--start', '0'])
  await arrives(first, 'kept')
  await writer.program.stop('SIGINT')

  const second = await startReader(c, writer.key, ['--tail', '1'])
  await arrives(second, 'kept')
  t.pass('the second reader has the line')
})

netTest('a writer that was killed and is started again is found again', async (t) => {
  const { hosts } = await createNetwork(t, 2)
  const [a, b] = hosts as [Host, Host]
  const storage = await t.tmp()
  const writer = await startWriter(a, ['--storage', storage])
  await writer.append('before')
  const reader = await startReader(b, writer.key, ['--start', '0'])
  await arrives(reader, 'before')
  await writer.program.kill()

  const again = await startWriter(a, ['--storage', storage], 1)
  await again.append('after')
  await arrives(reader, 'after')
  t.pass('the reader has the new line')
})
