import { addNamespace, ip, within } from './namespaces.ts'
import type { Network } from './network.ts'
import type { Scope } from './scope.ts'

/** An address for documents (RFC 5737): no host has it. */
const NO_DHT = '203.0.113.1:49737'
/** Where the route of a network into the void leads. */
const VOID = '10.9.0.254'

/** A machine with nothing but its loopback. */
export function loopbackOnly(scope: Scope): Network {
  const host = within(addNamespace(scope))
  return { bootstrap: NO_DHT, near: host, far: host }
}

/** Two hosts on a bridge, with no route to anywhere else or with one on which all packets are lost. */
export function bridge(scope: Scope, { intoTheVoid = false } = {}): Network {
  const hub = addNamespace(scope)
  ip(hub, 'link add bridge type bridge')
  ip(hub, 'link set bridge up')
  const [near = [], far = []] = [1, 2].map((number) => {
    const host = addNamespace(scope)
    ip(hub, `link add port${number} type veth peer name eth0 netns ${host}`)
    ip(hub, `link set port${number} master bridge up`)
    ip(host, `address add 10.9.0.${number}/24 dev eth0`)
    ip(host, 'link set eth0 up')
    if (intoTheVoid) {
      ip(host, `route add default via ${VOID}`)
      ip(host, `neighbour add ${VOID} lladdr 02:00:00:00:00:fe dev eth0`)
    }
    return within(host)
  })
  return { bootstrap: NO_DHT, near, far }
}
