// Checked with hypercore 11.37.1.
import type { Encoder } from 'compact-encoding'
import type { Manifest } from 'hypercore'
import { wire } from 'hypercore/messages'

/** A node of the Merkle tree: `size` is that of all blocks below it, in bytes. */
export interface TreeNode {
  index: number
  size: number
  hash: Uint8Array
}

/** What takes a log of `start` blocks to one of `start + length` blocks that the writer has signed. */
export interface Upgrade {
  start: number
  length: number
  nodes: TreeNode[]
  additionalNodes: TreeNode[]
  signature: Uint8Array
}

/** A proof that brings no block: an upgrade, the manifest, or both. */
export interface Proof {
  fork: number
  block: null
  hash: null
  seek: null
  upgrade: Upgrade | null
  manifest: Manifest | null
}

/**
 * Encodes a proof as Hypercore does in its `data` message. `hypercore/messages` is exposed by the
 * package and undocumented; no public way. Where Hypercore changes the format, the messages of the
 * feed change with it under the same protocol name: the test holds it to the bytes.
 */
export const proofEncoding: Encoder<Proof> = {
  preencode: (state, proof) => wire.data.preencode(state, { request: 0, ...proof }),
  encode: (state, proof) => wire.data.encode(state, { request: 0, ...proof }),
  decode: (state) => wire.data.decode(state) as Proof
}
