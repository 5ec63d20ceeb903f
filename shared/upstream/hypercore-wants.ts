// Checked with hypercore 11.37.1.
import type { Hypercore, Peer } from 'hypercore'
import { type Members, assertMembers } from './members.ts'

/** Blocks, of which a peer has been asked whether it holds any. */
interface Want {
  readonly wants: unknown
  readonly start: number
  readonly length: number
  readonly any: boolean
}

interface Wanting {
  readonly wants: object
  _maybeWantAnyRange(start: number, length: number, handle: Handle): void
}

/** What a want is for. */
interface Handle {
  readonly wants: Iterable<Want> | null
}

/** What this module uses of a peer. */
export const WANT_MEMBERS: Members = {
  'peer.wants': 'object',
  'peer._maybeWantAnyRange': 'function'
}

/**
 * Has `core` ask a peer once whether it holds any block of a range. Hypercore rounds the range, finds that
 * what it asked for is not what it wants now, and asks again at each answer: where a peer on a later fork
 * holds none of the blocks by which that fork is joined to ours, the two exchange nothing else any more, as
 * fast as they can. No public way.
 */
export function wantOnce(core: Hypercore): void {
  core.on('peer-add', (peer) => {
    assertMembers('hypercore', peer, WANT_MEMBERS)
    const wanting = peer as Peer & Wanting
    const want = wanting._maybeWantAnyRange.bind(wanting)
    wanting._maybeWantAnyRange = (start, length, handle) => {
      const end = start + length
      for (const asked of handle.wants ?? []) {
        const isOurs = asked.any && asked.wants === wanting.wants
        if (isOurs && asked.start <= start && end <= asked.start + asked.length) return
      }
      want(start, length, handle)
    }
  })
}
