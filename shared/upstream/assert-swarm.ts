import type Hyperswarm from 'hyperswarm'
import { DHT_MEMBERS } from './hyperdht.ts'
import { ANNOUNCING_MEMBERS, RECORD_MEMBERS } from './hyperdht-records.ts'
import { SWARM_MEMBERS } from './hyperswarm.ts'
import { assertMembers } from './members.ts'
import { MUX_MEMBERS, idleMux } from './protomux.ts'

/**
 * Throws a Failure that names the first undocumented member that `swarm`, or what it runs on, lacks, as
 * `assertCore` does for a core.
 */
export function assertSwarm(swarm: Hyperswarm): void {
  assertMembers('hyperswarm', swarm, { ...SWARM_MEMBERS, ...ANNOUNCING_MEMBERS })
  assertMembers('hyperdht', swarm.dht, { ...DHT_MEMBERS, ...RECORD_MEMBERS })
  assertMembers('protomux', idleMux(), MUX_MEMBERS)
}
