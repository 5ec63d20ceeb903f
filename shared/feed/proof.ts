import type { Hypercore, Upgrade } from 'hypercore'
import type { Signed } from './signed-lengths.ts'

/** Where the log ends now, with the writer's word for it: its roots are all that is signed. */
export function signedEnd({ core }: Hypercore): Upgrade | null {
  const { length, roots, signature } = core.state
  return signature && { start: 0, length, nodes: roots, additionalNodes: [], signature }
}

/** What proves to a log of `from` blocks that it may go on at `signed`, without those in between. */
export async function proveUpgrade(
  { core }: Hypercore,
  from: number,
  { length, signature }: Signed
): Promise<Upgrade | null> {
  const { state } = core
  const tree = await state.createTreeBatch().restore(length)
  tree.signature = signature
  // a proof is made for the session of a tree: here for the log as it was at that length
  tree.session = tree
  const rx = state.storage.read()
  const proof = tree.proof(rx, {
    block: null,
    hash: null,
    seek: null,
    upgrade: { start: from, length: length - from }
  })
  rx.tryFlush()
  const { upgrade } = await (await proof).settle()
  return upgrade
}

/** Whether the writer has signed `end`: it signs the hash of the roots, with the length and the fork. */
export function isSigned({ core }: Hypercore, { length, nodes, signature }: Upgrade): boolean {
  const { state, verifier } = core
  const tree = Object.assign(state.createTreeBatch(), { length, roots: nodes })
  return verifier !== null && verifier.verify(tree, signature)
}
