import type { Hypercore } from 'hypercore'
import { APPEND_MEMBERS } from './hypercore-append.ts'
import { BITFIELD_MEMBERS } from './hypercore-bitfield.ts'
import { REPLICATOR_MEMBERS } from './hypercore-replicator.ts'
import { STORE_MEMBERS } from './hypercore-store.ts'
import { TREE_MEMBERS } from './hypercore-tree.ts'
import { TRIM_MEMBERS } from './hypercore-trim.ts'
import { assertMembers } from './members.ts'

// With other versions than those in package.json some of these members would be missed in silence, once
// an app runs. What a peer and its connection must have is looked at as each comes.

/** Throws a Failure that names the first undocumented member that `core`, which is ready, lacks. */
export function assertCore(core: Hypercore): void {
  assertMembers('hypercore', core, {
    ...TREE_MEMBERS,
    ...APPEND_MEMBERS,
    ...BITFIELD_MEMBERS,
    ...STORE_MEMBERS,
    ...REPLICATOR_MEMBERS,
    ...TRIM_MEMBERS
  })
}
