// Checked with hypercore 11.37.1 and hypercore-crypto 3.7.0.
import b4a from 'b4a'
import type { Hypercore } from 'hypercore'
import sodium from 'sodium-universal'
import type { TreeNode } from './hypercore-proof.ts'
import { INSTALLED } from './members.ts'

/** What becomes of the Merkle tree of a log by the blocks that are being appended. */
interface TreeBatch {
  length: number
  byteLength: number
  upgraded: boolean
  hashCached: Uint8Array | null
  readonly roots: TreeNode[]
  readonly nodes: TreeNode[]
  append(block: Uint8Array): void
  hash(): Uint8Array
}

interface Batched {
  readonly state: { createTreeBatch(): TreeBatch }
}

const HASH_BYTES = 32
const LEAF = 0
const PARENT = 1
/** A hash is of its type, a size in 8 bytes, and the block or the two hashes below. */
const BODY = 9
const parentInput = b4a.alloc(BODY + 2 * HASH_BYTES, 0)
const leafInput = b4a.alloc(BODY + 65_536, 0)
parentInput[0] = PARENT
leafInput[0] = LEAF
/** A node that has so many levels below it stays in memory for as long as the log is open. */
const LASTING_LEVEL = 7
/** Blocks that the check appends: each kind of merge comes many times. */
const CHECKED_BLOCKS = 150
const CHECKED_BYTES = 200

/**
 * Lets every log of this process hash what is appended in one native call a node, where Hypercore
 * makes a state, a list and a few small objects for each: they are a quarter of what a short block
 * costs. No public way. Only where both give the same tree for random blocks: returns null then, else
 * why it is left to Hypercore.
 */
export function replaceHashing(core: Hypercore): string | null {
  const { state } = core as Hypercore & Batched
  const prototype = Object.getPrototypeOf(state.createTreeBatch()) as TreeBatch
  if (prototype.append === append) return null
  if (!givesSameTree(state)) {
    return `hypercore ${INSTALLED.hypercore} hashes a log in another way than is known here, so its own way is used, which takes longer: install the version that package.json names`
  }
  prototype.append = append
  return null
}

function givesSameTree(state: Batched['state']): boolean {
  const [theirs, ours] = [state.createTreeBatch(), state.createTreeBatch()]
  for (let count = 0; count < CHECKED_BLOCKS; count++) {
    const block = b4a.alloc(Math.floor(Math.random() * CHECKED_BYTES))
    sodium.randombytes_buf(block)
    theirs.append(block)
    append.call(ours, block)
  }
  return summaryOf(theirs) === summaryOf(ours)
}

function summaryOf(batch: TreeBatch): string {
  const { length, byteLength, upgraded, roots, nodes } = batch
  const shown = [roots, nodes].map((all) =>
    all.map(({ index, size, hash }) => [index, size, b4a.toString(hash, 'hex')])
  )
  return JSON.stringify([length, byteLength, upgraded, shown, b4a.toString(batch.hash(), 'hex')])
}

// two roots of the same size become one, and so on: as many times as the length is even
function append(this: TreeBatch, block: Uint8Array): void {
  let node: TreeNode = {
    index: 2 * this.length,
    size: block.byteLength,
    hash: hashLeaf(block)
  }
  this.hashCached = null
  this.upgraded = true
  this.length++
  this.byteLength += node.size
  this.nodes.push(node)
  for (let level = 1, rest = this.length; rest % 2 === 0; level++, rest /= 2) {
    const left = this.roots.pop()
    if (left === undefined) throw new Error('a root of the tree is missing')
    node = {
      index: (left.index + node.index) / 2,
      size: left.size + node.size,
      hash: hashParent(left, node, level)
    }
    this.nodes.push(node)
  }
  this.roots.push(node)
}

function hashLeaf(block: Uint8Array): Uint8Array {
  const end = BODY + block.byteLength
  const input = end <= leafInput.byteLength ? leafInput : b4a.allocUnsafeSlow(end)
  input[0] = LEAF
  writeSize(input, block.byteLength)
  input.set(block, BODY)
  const hash = b4a.allocUnsafe(HASH_BYTES)
  sodium.crypto_generichash(hash, input.subarray(0, end))
  return hash
}

function hashParent(left: TreeNode, right: TreeNode, level: number): Uint8Array {
  writeSize(parentInput, left.size + right.size)
  parentInput.set(left.hash, BODY)
  parentInput.set(right.hash, BODY + HASH_BYTES)
  // what stays must not keep the memory of what it was allocated with
  const hash = level < LASTING_LEVEL ? b4a.allocUnsafe(HASH_BYTES) : b4a.allocUnsafeSlow(HASH_BYTES)
  sodium.crypto_generichash(hash, parentInput)
  return hash
}

// little-endian; no log reaches 2 ** 53 bytes
function writeSize(input: Uint8Array, size: number): void {
  let rest = size
  for (let at = 1; at < BODY; at++) {
    input[at] = rest % 256
    rest = Math.floor(rest / 256)
  }
}
