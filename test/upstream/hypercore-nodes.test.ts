import { test } from 'brittle'
import { holdsNode, holdsPath, nodeOf, sizesOf } from '../../shared/upstream/hypercore-nodes.ts'
import { rootsAt } from '../../shared/upstream/hypercore-tree.ts'
import { freeTree } from '../../shared/upstream/hypercore-trim.ts'
import { createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { installed } from './installed.ts'

const COUNT = 100
const FREED = 40

interface Proving {
  proof(request: object): Promise<{ hash: { nodes: (object | null)[] } }>
}

test(`${installed('hypercore')}: tree nodes tell the size of all below them`, async (t) => {
  const log = await createLog(t, ['a', 'bcd', 'ef', 'ghijk', 'l'])
  t.alike(await sizesOf(log, [0, 2, 1, 3, 8, 7]), [1, 3, 4, 11, 1, Infinity])
})

test(`${installed('hypercore')}: a node is the one that is asked for, or another`, async (t) => {
  const [log, other] = [await createLog(t, numbered(2)), await createLog(t, numbered(2, 1))]
  for (const root of await rootsAt(log, 2)) {
    t.ok(await holdsNode(log, root))
    t.absent(await holdsNode(other, root))
  }
})

test(`${installed('hypercore')}: a path is here where a log can prove a node by it, and else it cannot`, async (t) => {
  const log = await createLog(t, numbered(COUNT))
  await freeTree(log, 0, FREED)
  let [held, lacking] = [0, 0]
  for (let count = 1; count <= COUNT; count *= 2) {
    for (let start = 0; start + count <= COUNT; start += count) {
      const index = nodeOf({ start, count })
      for (let nodes = 0; start + 2 ** nodes * count <= 64; nodes++) {
        const holds = await holdsPath(log, { index, nodes })
        const proves = await (log as typeof log & Proving).proof({ hash: { index, nodes } }).then(
          ({ hash }) => hash.nodes.every((node) => node !== null),
          () => false
        )
        if (holds !== proves) t.fail(`node ${index}, ${nodes} levels: ${holds}`)
        if (holds) held++
        else lacking++
      }
    }
  }
  t.comment(`${held} paths, ${lacking} that are not here`)
  t.ok(held > 0 && lacking > 0)
  t.absent(await holdsPath(log, { index: 0, nodes: 2 ** 31 }), 'as far as no tree goes')
})
