import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { filterMessages } from '../../shared/limits/message-filter.ts'
import { searchForks } from '../../shared/replication/fork-search.ts'
import { freeBlocks, freeTree } from '../../shared/upstream/hypercore-trim.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { replicate } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'

const OLD = 300
const COMMON = 270
const COUNT = 400
const FIRST = 390

test('a copy becomes a log that was rewound, whose blocks behind that are kept no longer', async (t) => {
  const { log, copy } = await rewound(t)
  await freeBlocks(log, 0, FIRST)
  t.is(await becomes(t, log, copy, 0), COMMON)
})

test('what no node of the tree tells any more is taken to be another, where the writer keeps no block of it', async (t) => {
  const { log, copy } = await rewound(t)
  await freeBlocks(log, 0, FIRST)
  await freeTree(log, 0, FIRST - 10)
  // the node of the first 256 blocks is the last one that both have
  t.is(await becomes(t, log, copy, FIRST), 256)
})

test('a peer that has few blocks is asked for what is above these', async (t) => {
  const { log, copy } = await rewound(t)
  const relay = await createCopy(t, log)
  await replicate(log, relay, 264, 272)
  t.is(await becomes(t, relay, copy, 0), COMMON)
})

/** A log of which a copy has what was before it was rewound to COMMON blocks, and grew again. */
async function rewound(t: Test): Promise<{ log: Hypercore; copy: Hypercore }> {
  const log = await createLog(t, numbered(OLD))
  const copy = await createCopy(t, log)
  await replicate(log, copy)
  await log.truncate(COMMON)
  await log.append(numbered(COUNT - COMMON, 1000).map((line) => b4a.from(line)))
  return { log, copy }
}

/** Connects both; resolves to how many blocks of `copy` stand once it is on the fork of `log`. */
async function becomes(t: Test, log: Hypercore, copy: Hypercore, kept: number): Promise<number> {
  const events = {
    onoffence: (_: unknown, reason: string) => t.fail(reason),
    onmishap: () => t.fail('left')
  }
  for (const core of [log, copy]) filterMessages(core, events)
  const keptOn = (fork: number): number => (fork === log.fork ? kept : 0)
  searchForks(copy, { keptOn, mayDrop: () => true })
  const standing = new Promise<number>((resolve) => copy.once('truncate', resolve))
  let connections = 0
  copy.on('peer-add', () => connections++)
  connect(t, log, copy)
  const common = await standing
  t.is(connections, 1, 'no connection was ended by it')
  t.is(copy.fork, log.fork)
  return common
}
