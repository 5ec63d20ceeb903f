import { test } from 'brittle'
import { canAdvise } from '../../shared/swarm/addresses.ts'

const PUBLIC = '8.8.4.4'
const NETWORK = '192.168.1.7'
const MACHINE = '127.0.0.1'

for (const [adviser, host, may] of [
  [PUBLIC, '9.9.9.9', true],
  [NETWORK, '9.9.9.9', true],
  [MACHINE, '9.9.9.9', true],
  [PUBLIC, '10.1.2.3', false],
  [PUBLIC, '100.64.0.1', false],
  [PUBLIC, '100.128.0.1', true],
  [PUBLIC, '169.254.1.1', false],
  [PUBLIC, '172.16.0.1', false],
  [PUBLIC, '172.31.255.255', false],
  [PUBLIC, '172.32.0.1', true],
  [PUBLIC, '192.168.0.1', false],
  [PUBLIC, '127.0.0.1', false],
  [NETWORK, '10.1.2.3', true],
  [NETWORK, '127.0.0.1', false],
  [MACHINE, '10.1.2.3', true],
  [MACHINE, '127.9.9.9', true],
  [MACHINE, '0.0.0.0', false],
  [MACHINE, '224.0.0.251', false],
  [MACHINE, '255.255.255.255', false]
] as const) {
  test(`a peer at ${adviser} ${may ? 'may' : 'may not'} send others to ${host}`, (t) => {
    t.is(canAdvise(adviser, host), may)
  })
}
