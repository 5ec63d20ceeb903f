import type { Program } from '../helpers/program.ts'
import { atOnce } from '../helpers/at-once.ts'
import { arrives, startReader, startWriter } from '../helpers/net/apps.ts'
import { Host, createNetwork, netTest } from '../helpers/net/host.ts'

netTest('the status says what becomes of the peers and of the DHT', (t) =>
  atOnce(t, {
    'the status names each peer that comes or goes, and says where peers are looked for': async (
      t
    ) => {
      const { hosts } = await createNetwork(t, 2)
      const [a, b] = hosts as [Host, Host]
      const storage = await t.tmp()
      const first = await startWriter(a, ['--storage', storage])
      await first.append('one')
      await first.program.stderr.line(
        'writer-app: no peer yet, still looking in the DHT, on this machine and the local network'
      )
      const reader = await startReader(b, first.key, ['--start', '0'])
      await first.program.stderr.line(
        'writer-app: connected to a reader at 10.9.0.2, on the local network (1 peer)'
      )
      await reader.stderr.line(
        'reader-app: connected to the writer at 10.9.0.1, on the local network (1 peer)'
      )
      await first.program.stop('SIGINT')
      await reader.stderr.line(/^reader-app: lost the writer \(no peers\), still looking/)

      const second = await startWriter(a, ['--storage', storage], 1)
      await reader.stderr.line(
        'reader-app: found the writer again at 10.9.0.1, on the local network (1 peer)'
      )
      const neighbour = await startReader(a, second.key)
      await second.program.stderr.line(
        'writer-app: connected to a reader at 127.0.0.1, on this machine (2 peers)'
      )
      await neighbour.stop('SIGINT')
      await second.program.stderr.line('writer-app: lost a reader (1 peer)')
      await reader.stop('SIGINT')
      await second.program.stderr.line(/^writer-app: lost a reader \(no peers\), still looking/)
      await second.program.stop('SIGINT')

      // what ends because we stop is no news
      t.absent(neighbour.stderr.text.includes('lost'))
      t.is(count(reader, 'lost the writer'), 1)
      t.is(count(first.program, 'lost'), 0)
    },
    'a reader says when no peer has a path to the writer, and when the writer is back': async (
      t
    ) => {
      const host = await Host.create(t)
      const storage = await t.tmp()
      const first = await startWriter(host, ['--storage', storage])
      await first.append('one')
      const one = await startReader(host, first.key, ['--start', '0'])
      const two = await startReader(host, first.key, ['--start', '0'])
      await Promise.all([arrives(one, 'one'), arrives(two, 'one')])
      // in any order: it may have the line through the other reader before it meets the writer
      await two.stderr.includes('connected to a reader')
      await two.stderr.includes('connected to the writer')
      await first.program.kill()
      await two.stderr.line(/no peer here knows a way to the writer/)

      const second = await startWriter(host, ['--storage', storage], 1)
      await two.stderr.line(/found the writer again/)
      await second.append('two')
      await arrives(two, 'two')
    },
    'a writer that is killed and started again is found again, and is not lost': async (t) => {
      const { hosts } = await createNetwork(t, 3)
      const [a, b, c] = hosts as [Host, Host, Host]
      const storage = await t.tmp()
      const first = await startWriter(a, ['--storage', storage])
      await first.append('one')
      const reader = await startReader(b, first.key, ['--start', '0'])
      await reader.stderr.line(/connected to the writer/)
      const neighbour = await startReader(c, first.key, ['--start', '0'])
      await reader.stderr.line(/connected to a reader/)

      await first.program.kill()
      await startWriter(a, ['--storage', storage], 1)
      t.is(
        await reader.stderr.line(/the writer/),
        'reader-app: found the writer again at 10.9.0.1, on the local network (2 peers)'
      )
      // the connection with the writer that was killed times out before this one
      await neighbour.kill()
      await reader.stderr.line('reader-app: lost a reader (1 peer)')
      t.is(count(reader, 'lost the writer'), 0)
    },
    'the status tells when the DHT goes and when it is back': async (t) => {
      const host = await Host.create(t)
      const dht = host.startScript('dht.ts')
      const nodes = await dht.stdout.line(/^127/)
      const writer = await startWriter(host, ['--no-lan', '--bootstrap', nodes])
      await writer.program.stderr.line('writer-app: the DHT answers')
      await writer.program.stderr.line('writer-app: no peer yet, still looking in the DHT')
      await dht.kill()
      await writer.program.stderr.line(
        'writer-app: the DHT does not answer, looking nowhere else (--no-lan)'
      )
      const again = host.startScript('dht.ts')
      t.is(await again.stdout.line(/^127/), nodes)
      await writer.program.stderr.line('writer-app: the DHT answers')

      const reader = await startReader(host, writer.key, [
        '--start',
        '0',
        '--no-lan',
        '--bootstrap',
        nodes
      ])
      await writer.program.stderr.line(
        'writer-app: connected to a reader at 127.0.0.1, on this machine (1 peer)'
      )
      await reader.stderr.line(
        'reader-app: connected to the writer at 127.0.0.1, on this machine (1 peer)'
      )
      await writer.append('one')
      await arrives(reader, 'one')
    },
    '--quiet says nothing about peers': async (t) => {
      const host = await Host.create(t)
      const writer = await startWriter(host, ['--quiet'])
      const reader = await startReader(host, writer.key, ['--quiet', '--start', '0'])
      await writer.append('one')
      await arrives(reader, 'one')
      await writer.program.stop('SIGINT')
      await reader.stop('SIGINT')
      t.is(writer.program.stderr.text + reader.stderr.text, '')
    }
  })
)

function count({ stderr }: Program, text: string): number {
  return stderr.lines.filter((line) => line.includes(text)).length
}
