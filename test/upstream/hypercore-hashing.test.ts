import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore } from 'hypercore'
import sodium from 'sodium-universal'
import { replaceHashing } from '../../shared/upstream/hypercore-hashing.ts'
import { signedEnd } from '../../shared/upstream/hypercore-tree.ts'
import { createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { installed } from './installed.ts'

interface Node {
  index: number
  size: number
  hash: Uint8Array
}

interface TreeBatch {
  length: number
  byteLength: number
  roots: Node[]
  nodes: Node[]
  append(block: Uint8Array): void
  hash(): Uint8Array
}

type Append = TreeBatch['append']

const ROUNDS = 40
/** Lengths at which a hash takes another way, and a few beside them. */
const SIZES = [0, 1, 127, 128, 129, 65_535, 65_536, 65_537, 200_000]

test(`${installed('hypercore')}: the tree is the same for random blocks on logs of all lengths`, async (t) => {
  const log = await createLog(t)
  const theirs = appendOf(log)
  t.is(replaceHashing(log), null)
  const ours = appendOf(log)
  t.not(ours, theirs, 'it was replaced')
  for (let round = 0; round < ROUNDS; round++) {
    const blocks = Array.from({ length: 1 + random(round * 10) }, () => randomBlock(random(400)))
    t.alike(treeOf(log, blocks, ours), treeOf(log, blocks, theirs), `from ${log.length} blocks on`)
    await log.append(blocks.slice(0, 1 + random(40)))
  }
})

test(`${installed('hypercore')}: the tree is the same for blocks of any size`, async (t) => {
  const { log, theirs } = await replaced(t)
  for (const size of SIZES) {
    const blocks = [randomBlock(size), randomBlock(3), randomBlock(size)]
    t.alike(treeOf(log, blocks, appendOf(log)), treeOf(log, blocks, theirs), `${size} bytes`)
  }
})

test(`${installed('hypercore')}: no hash changes once it was given`, async (t) => {
  const { log, theirs } = await replaced(t)
  const blocks = Array.from({ length: 5000 }, () => randomBlock(20))
  t.alike(treeOf(log, blocks, appendOf(log)), treeOf(log, blocks, theirs))
})

test(`${installed('hypercore')}: a log that was signed before goes on with the same tree`, async (t) => {
  const { log } = await replaced(t)
  await log.append(numbered(1000).map((line) => b4a.from(line)))
  const other = await createLog(t)
  for (const line of numbered(1000)) await other.append(b4a.from(line))
  t.alike(signedEnd(log)?.nodes, signedEnd(other)?.nodes)
})

test('where Hypercore makes another tree, hashing is left to it', async (t) => {
  const { log, theirs } = await replaced(t)
  const prototype = prototypeOf(log)
  const ours = prototype.append
  const other = function (this: TreeBatch, block: Uint8Array): void {
    theirs.call(this, b4a.concat([block, b4a.from('!')]))
  }
  prototype.append = other
  t.teardown(() => {
    prototype.append = ours
  })
  t.ok(replaceHashing(log)?.startsWith(`${installed('hypercore')} hashes a log in another way`))
  t.is(appendOf(log), other, 'it is as it was')
})

/** A log, and how Hypercore itself appends to its tree. */
async function replaced(t: Test): Promise<{ log: Hypercore; theirs: Append }> {
  const log = await createLog(t)
  replaceHashing(log)
  return { log, theirs: original }
}

let original: Append

function prototypeOf(log: Hypercore): TreeBatch {
  const { state } = log as unknown as { state: { createTreeBatch(): TreeBatch } }
  return Object.getPrototypeOf(state.createTreeBatch()) as TreeBatch
}

function appendOf(log: Hypercore): Append {
  const { append } = prototypeOf(log)
  original ??= append
  return append
}

/** What the tree of `log` would be with `blocks` after those that it has. */
function treeOf(log: Hypercore, blocks: Uint8Array[], append: Append) {
  const { state } = log as unknown as { state: { createTreeBatch(): TreeBatch } }
  const batch = state.createTreeBatch()
  for (const block of blocks) append.call(batch, block)
  const { length, byteLength, roots, nodes } = batch
  const shown = [roots, nodes].map((all) =>
    all.map(({ index, size, hash }) => `${index} ${size} ${b4a.toString(hash, 'hex')}`)
  )
  return { length, byteLength, shown, hash: b4a.toString(batch.hash(), 'hex') }
}

function randomBlock(size: number): Uint8Array {
  const block = b4a.alloc(size)
  sodium.randombytes_buf(block)
  return block
}

function random(below: number): number {
  return Math.floor(Math.random() * (below + 1))
}
