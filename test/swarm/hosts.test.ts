import { test } from 'brittle'
import { Hosts } from '../../shared/swarm/hosts.ts'

// no name server is asked: the first name is known to every system, the second is too long for one
const LONG = 'x'.repeat(300)

test('a host that the system knows has an address', async (t) => {
  const unknown: string[] = []
  const hosts = new Hosts((name) => unknown.push(name))
  t.is(await hosts.find('localhost'), '127.0.0.1')
  t.is(await hosts.find('localhost'), '127.0.0.1')
  t.alike(unknown, [])
})

test('a host that nobody knows is told once, however often it is looked for', async (t) => {
  const unknown: string[] = []
  const hosts = new Hosts((name, reason) => unknown.push(`${name}: ${reason}`))
  const looking = [1, 2, 3].map(() => t.exception(hosts.find(LONG), /is not known/))
  await Promise.all(looking)
  await t.exception(hosts.find(LONG), /is not known/)
  t.is(unknown.length, 1)
  t.ok(/^x{300}: ./.test(unknown[0] ?? ''), unknown[0])
})
