import { test } from 'brittle'
import { keepAlive } from '../../shared/swarm/keep-alive.ts'

test('one of two peers shows that it is alive: the one that follows, else the one that dialled', (t) => {
  const idle = { isSource: false, followsUs: false, own: true }
  t.alike(keepAlive(31, idle), { ms: 5000, putOff: false })
  t.alike(keepAlive(31, { ...idle, own: false }), { ms: 6250, putOff: true })
  t.alike(keepAlive(32, idle), { ms: 25_000, putOff: false }, 'seldom in a crowd')
  t.alike(keepAlive(32, { ...idle, own: false }), { ms: 31_250, putOff: true })
  t.alike(keepAlive(1000, { ...idle, isSource: true }), { ms: 3000, putOff: false })
  t.alike(keepAlive(1000, { ...idle, followsUs: true }), { ms: 6000, putOff: true })
})
