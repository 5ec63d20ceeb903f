// Checked with hypercore 11.37.1.
import type { Hypercore, Peer } from 'hypercore'
import type { TreeNode } from './hypercore-proof.ts'
import { type Members, assertMembers } from './members.ts'

interface Replicated {
  readonly replicator: { eagerUpgrade: boolean }
}

/** A later fork of a log, as it is about to replace the one that is here. */
export interface Reorganisation {
  readonly fork: number
  readonly length: number
  /** As many blocks, the first ones, were found to be here as well when the two were compared. */
  readonly ancestors: number
  /** The node of the tree in which the two differ: that of block `ancestors`, or one behind our log. */
  readonly diff: TreeNode | null
}

interface Reorganised {
  readonly core: { reorg(batch: Reorganisation): Promise<boolean> }
}

interface Emitter {
  on(event: 'manifest', listener: () => void): unknown
  on(
    event: 'verification-error',
    listener: (err: Error, request: unknown, response: object, from: Peer) => void
  ): unknown
}

/** What this module uses of a core that is ready. */
export const REPLICATOR_MEMBERS: Members = {
  'core.replicator.eagerUpgrade': 'boolean',
  'core.core.reorg': 'function'
}

/**
 * Says whether `core`, which is ready, grows by itself as soon as a peer has more blocks; it does until
 * told otherwise. Off, only the feed and `core.update` make it longer. Where the member
 * was renamed the two would extend one copy at once and in silence, so that this throws a Failure. No
 * public way: the option of the same name is undocumented too.
 */
export function setEagerUpgrade(core: Hypercore, eager: boolean): void {
  assertMembers('hypercore', core, REPLICATOR_MEMBERS)
  ;(core as Hypercore & Replicated).replicator.eagerUpgrade = eager
}

/**
 * Has `guard` called, in place of Hypercore, where `core`, which is ready, is to become what the writer has
 * signed on a later fork: `apply` does it where our log is still the one that was compared; where nothing is
 * applied, Hypercore compares anew. What `guard` resolves to says nothing to it. No public way: Hypercore drops
 * the blocks that only this log has, and tells of it afterwards.
 */
export function guardReorganisation(
  core: Hypercore,
  guard: (later: Reorganisation, apply: () => Promise<boolean>) => Promise<boolean>
): void {
  const { core: inner } = core as Hypercore & Reorganised
  const { reorg } = inner
  inner.reorg = (batch) => guard(batch, () => reorg.call(inner, batch))
}

/** Tells `listener` once a copy has been told which keys may sign it. An undocumented event. */
export function onManifest(core: Hypercore, listener: () => void): void {
  ;(core as Hypercore & Emitter).on('manifest', listener)
}

/**
 * Tells `listener` of a message of a peer, the very object that was handed to Hypercore, that failed to
 * verify: Hypercore asks that peer for nothing more. An undocumented event.
 */
export function onInvalidData(
  core: Hypercore,
  listener: (err: Error, message: object, from: Peer) => void
): void {
  const emitter = core as Hypercore & Emitter
  emitter.on('verification-error', (err, _request, message, from) => listener(err, message, from))
}
