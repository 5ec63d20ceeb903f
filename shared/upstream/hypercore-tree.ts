// Checked with hypercore 11.37.1.
import b4a from 'b4a'
import type { Hypercore, KeyPair, Manifest } from 'hypercore'
import { isHypercoreError } from './hypercore-errors.ts'
import type { Proof, TreeNode, Upgrade } from './hypercore-proof.ts'
import type { ReadBatch, Stored } from './hypercore-store.ts'
import type { Members } from './members.ts'

interface TreeBatch {
  readonly roots: TreeNode[]
  signature: Uint8Array | null
  session: unknown
  restore(length: number): Promise<TreeBatch>
  proof(
    rx: ReadBatch,
    request: { block: null; hash: null; seek: null; upgrade: { start: number; length: number } }
  ): Promise<{ settle(): Promise<{ upgrade: Upgrade | null }> }>
}

interface Tree extends Stored {
  readonly state: Stored['state'] & {
    readonly length: number
    readonly roots: TreeNode[]
    readonly signature: Uint8Array | null
    createTreeBatch(): TreeBatch
  }
  readonly manifest: Manifest | null
  readonly core: {
    readonly verifier: { sign(batch: TreeBatch, keyPair: KeyPair): Uint8Array } | null
    setManifest(manifest: Manifest): Promise<void>
  }
  applyProof(proof: Proof): Promise<boolean>
}

/** What this module uses of a core that is ready. */
export const TREE_MEMBERS: Members = {
  'core.state.length': 'number',
  'core.state.roots': 'object',
  'core.state.signature': 'object',
  'core.state.createTreeBatch': 'function',
  'core.manifest': 'object',
  'core.core.verifier': 'object',
  'core.core.setManifest': 'function',
  'core.applyProof': 'function'
}

/**
 * A signature has 64 bytes of each signer, what wraps them, and the nodes that lead from where one has
 * signed to where another has. Hypercore reads as much of it as it needs, and takes whatever follows: who
 * passes a longer one on has made it so.
 */
export const MAX_SIGNATURE_BYTES = 4096

/** A length of a log, in blocks, and the writer's signature of the log that ends there. */
export interface SignedLength {
  length: number
  signature: Uint8Array
}

/**
 * Where `core` ends now, with the writer's word for it: the roots of the tree are all that is signed.
 * null where signedLength is. Tells a peer the length of a log at no cost. No public way:
 * `core.proof` makes an upgrade from the disk, of the same bytes.
 */
export function signedEnd(core: Hypercore): Upgrade | null {
  const signed = signedLength(core)
  return signed && { start: 0, nodes: endRoots(core), additionalNodes: [], ...signed }
}

/** The roots of the Merkle tree of `core` as it is now. No public way. */
export function endRoots(core: Hypercore): TreeNode[] {
  return (core as Hypercore & Tree).state.roots
}

/**
 * The present length of `core` and its signature; null for a log without blocks, and where a peer has
 * made the signature longer than any is. No public way.
 */
export function signedLength(core: Hypercore): SignedLength | null {
  const { length, signature } = (core as Hypercore & Tree).state
  return signature && signature.byteLength <= MAX_SIGNATURE_BYTES ? { length, signature } : null
}

/**
 * Signs the log as it was at `length` blocks, no more than it has. Lets a writer send batches that end
 * wherever it likes. Throws where `core` holds no secret key. A public way for half of it:
 * `core.signable(length)` gives the bytes to sign, and nothing the envelope around the signature.
 */
export async function signLength(core: Hypercore, length: number): Promise<Uint8Array> {
  const { state, core: inner } = core as Hypercore & Tree
  const { keyPair } = core
  if (inner.verifier === null || keyPair === null) throw new Error('this log is not ours to sign')
  return inner.verifier.sign(await state.createTreeBatch().restore(length), keyPair)
}

/**
 * Proves to a peer whose log has `from` blocks the log that ends at `to.length`, later than that, with
 * the signature that the writer gave there, though ours may have grown since. Lets a reader begin in
 * the middle. null where there is nothing to prove. No public way: `core.proof` upgrades to the present
 * length alone.
 */
export async function proveUpgrade(
  core: Hypercore,
  from: number,
  to: SignedLength
): Promise<Upgrade | null> {
  const { state } = core as Hypercore & Tree
  const tree = await state.createTreeBatch().restore(to.length)
  tree.signature = to.signature
  // a proof is made for the session of a tree: here for the log as it was at that length
  tree.session = tree
  const rx = state.storage.read()
  const upgrade = { start: from, length: to.length - from }
  const proof = tree.proof(rx, { block: null, hash: null, seek: null, upgrade })
  rx.tryFlush()
  return (await (await proof).settle()).upgrade
}

/**
 * Whether the writer of `core` has signed `end`, which a peer has made of its signedEnd: on the fork
 * that `core` is on.
 */
export async function isSignedEnd(core: Hypercore, end: Upgrade): Promise<boolean> {
  const bare = { ...end, start: 0, additionalNodes: [] }
  return (await verifiedLength(core, core.fork, bare)) !== null
}

/**
 * The length of the log that `upgrade`, which begins with the first block, leads to; null where the
 * writer of `core` has not signed that on `fork`. By the public way, `core.verifyFullyRemote`: it reads
 * nothing from the disk, so that whatever it throws is the fault of `upgrade`.
 */
export async function verifiedLength(
  core: Hypercore,
  fork: number,
  upgrade: Upgrade
): Promise<number | null> {
  const nothing = { block: null, hash: null, seek: null, manifest: null }
  try {
    return (await core.verifyFullyRemote({ ...nothing, fork, upgrade })).length
  } catch {
    return null
  }
}

/** The roots of the Merkle tree of `core` as it was at `length` blocks, no more than it has. No public way. */
export async function rootsAt(core: Hypercore, length: number): Promise<TreeNode[]> {
  return (await (core as Hypercore & Tree).state.createTreeBatch().restore(length)).roots
}

/** The same; null where they are not all here any more. */
export async function rootsHere(core: Hypercore, length: number): Promise<TreeNode[] | null> {
  try {
    return await rootsAt(core, length)
  } catch (err) {
    if (isHypercoreError(err)) return null
    throw err
  }
}

/** What says which keys may sign `core`; null where a copy has not been told yet. No public way. */
export function manifestOf(core: Hypercore): Manifest | null {
  return (core as Hypercore & Tree).manifest
}

/**
 * Tells a copy which keys may sign it, before there is anything signed. Throws where `manifest` is not
 * that of its key. No public way: the option of the constructor comes before any peer was met.
 */
export function setManifest(core: Hypercore, manifest: Manifest): Promise<void> {
  return (core as Hypercore & Tree).core.setManifest(manifest)
}

/**
 * Takes `core` to where `proof` leads, verified; resolves to false where it was longer already. A
 * method of Hypercore that its README does not name; no other way.
 */
export function applyProof(core: Hypercore, proof: Proof): Promise<boolean> {
  return (core as Hypercore & Tree).applyProof(proof)
}
