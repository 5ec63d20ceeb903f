import b4a from 'b4a'
import { test } from 'brittle'
import Hypercore from 'hypercore'
import { closeTestnet, startReader } from '../helpers/app.ts'
import { createLog } from '../helpers/cores.ts'
import { announce } from '../helpers/swarm.ts'

test('a reader that meets a log which was signed twice keeps its own, and says so', async (t) => {
  const log = await createLog(t, ['a', 'b'])
  const twin = new Hypercore(await t.tmp(), { keyPair: log.keyPair })
  await twin.ready()
  t.teardown(() => twin.close(), { force: true })
  await twin.append(['a', 'another b', 'c'].map((line) => b4a.from(line)))

  const first = await announce(t, log)
  const key = b4a.toString(log.key, 'hex')
  const reader = await startReader(t, key, ['--start', '0', '--raw'])
  await reader.stdout.line('b')
  await first.destroy()
  const second = await announce(t, twin)
  await reader.stderr.line(
    /dropped a peer that holds other blocks than we do, signed with the same/
  )
  await second.destroy()

  await twin.truncate(1, 1)
  await twin.append(b4a.from('the b that counts'))
  await announce(t, twin)
  await reader.stdout.line('the b that counts')
  t.is(reader.stdout.text, 'a\nb\nthe b that counts\n')
  t.absent(reader.stderr.text.includes('[hypercore]'))
})

closeTestnet()
