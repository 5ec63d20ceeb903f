import path from 'bare-path'
import { closeTestnet } from '../helpers/app.ts'
import { makeBackup, putBack } from '../helpers/backup.ts'
import { arrives, startReader, startWriter } from '../helpers/net/apps.ts'
import { Host, createHub, netTest } from '../helpers/net/host.ts'

netTest('two writers of one log that only a reader reaches are told of each other', async (t) => {
  const left = await createHub(t)
  const right = await createHub(t, left)
  const [a, b, middle] = await Promise.all([1, 2, 3].map(() => Host.create(t, left)))
  if (!a || !b || !middle) throw new Error('there are three')
  await a.link(left, '10.9.1.1')
  await b.link(right, '10.9.2.2')
  await middle.link(left, '10.9.1.3')
  await middle.link(right, '10.9.2.3', 'eth1')

  const storage = await t.tmp()
  const first = await startWriter(a, ['--storage', storage])
  await first.append('one')
  await first.program.stop('SIGINT')
  const backup = path.join(await t.tmp(), 'backup')
  makeBackup(storage, backup)
  const elsewhere = await t.tmp()
  putBack(backup, elsewhere)

  const writer = await startWriter(a, ['--storage', storage], 1)
  await writer.append('two')
  const reader = await startReader(middle, writer.key, ['--start', '0'])
  await arrives(reader, 'two')
  const other = await startWriter(b, ['--storage', elsewhere])
  other.program.end('another two\n')
  t.is(await other.program.ending, 1)
  t.absent(/"append"/.test(other.program.stdout.text), 'it acknowledges nothing')
  const { text } = other.program.stderr
  t.ok(/another process, at 10\.9\.1\.1:\d+, writes this log/.test(text), text)
  await writer.program.stderr.line(/a copy of this log was started at 10\.9\.2\.2:\d+/)
  await writer.append('three')
  await arrives(reader, 'three')
})

closeTestnet()
