import type { Hypercore } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import { DHT_MEMBERS } from './hyperdht.ts'
import { BITFIELD_MEMBERS } from './hypercore-bitfield.ts'
import { REPLICATOR_MEMBERS } from './hypercore-replicator.ts'
import { STORE_MEMBERS } from './hypercore-store.ts'
import { TREE_MEMBERS } from './hypercore-tree.ts'
import { SWARM_MEMBERS } from './hyperswarm.ts'
import { assertMembers } from './members.ts'
import { MUX_MEMBERS, idleMux } from './protomux.ts'

/**
 * Throws a Failure that names the first undocumented member which the installed packages lack, before
 * anything relies on it: with other versions than those in package.json some would be missed in silence.
 * `core` has to be ready. What a peer and its connection must have is looked at as each comes.
 */
export function assertUpstream(core: Hypercore, swarm: Hyperswarm): void {
  assertMembers('protomux', idleMux(), MUX_MEMBERS)
  assertMembers('hypercore', core, {
    ...TREE_MEMBERS,
    ...STORE_MEMBERS,
    ...BITFIELD_MEMBERS,
    ...REPLICATOR_MEMBERS
  })
  assertMembers('hyperswarm', swarm, SWARM_MEMBERS)
  assertMembers('hyperdht', swarm.dht, DHT_MEMBERS)
}
