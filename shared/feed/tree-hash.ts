import b4a from 'b4a'
import sodium from 'sodium-universal'
import type { TreeNode } from '../upstream/hypercore-proof.ts'

/** Bytes of a tree hash. */
export const TREE_HASH_BYTES = 32

/** What tells a log from another one of the same length: a hash of the `roots` of its Merkle tree. */
export function treeHash(roots: TreeNode[]): Uint8Array {
  const hash = b4a.alloc(TREE_HASH_BYTES)
  sodium.crypto_generichash(hash, b4a.concat(roots.map((root) => root.hash)))
  return hash
}
