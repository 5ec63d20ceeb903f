// Checked with protomux 3.12.1.
import Protomux, { type Channel } from 'protomux'
import { type Members, assertMembers } from './members.ts'

interface Contained {
  destroy(err: Error): void
  _safeDestroy: (err: Error) => void
  _safeDestroyBound: (err: Error) => void
  _warn: (err: Error) => void
}

/** What this module uses of a Protomux. */
export const MUX_MEMBERS: Members = {
  'mux.destroy': 'function',
  'mux._safeDestroy': 'function',
  'mux._safeDestroyBound': 'function',
  'mux._warn': 'function'
}

/**
 * Ends the connection below `mux` with whatever a message of the peer made its handler throw, and tells
 * `onfault`. Protomux rethrows a TypeError of a handler as an uncaught exception, and one malformed
 * message can cause one in Hypercore 11.37: the connection is ended instead of the process. Throws a
 * Failure where the members that it replaces are gone, since the attack would work again in silence. No
 * public way.
 */
export function containFaults(mux: Protomux, onfault: (err: unknown) => void): void {
  assertMembers('protomux', mux, MUX_MEMBERS)
  const contained = mux as Protomux & Contained
  const end = (err: Error): void => {
    onfault(err)
    contained.destroy(err)
  }
  contained._safeDestroy = end
  contained._safeDestroyBound = end
  // a handler that was still at work when its channel closed
  contained._warn = () => {}
}

/** Whether the peer has opened its side of `channel` too. By `onopen` alone it would have to be kept. */
export function isOpen(channel: Channel): boolean {
  return (channel as Channel & { readonly opened: boolean }).opened
}

/** A Protomux on no connection, to see what members one has. */
export function idleMux(): Protomux {
  return Protomux.from(Object.create({ userData: null, on() {} }))
}
