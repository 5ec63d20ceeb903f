import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { after } from '../../shared/limits/clock.ts'
import { filterMessages } from '../../shared/limits/message-filter.ts'
import { ForkSearch } from '../../shared/replication/fork-search.ts'
import { GoneBlocks } from '../../shared/replication/gone-blocks.ts'
import { holdsBlocks } from '../../shared/upstream/hypercore-peer.ts'
import { freeBlocks } from '../../shared/upstream/hypercore-trim.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { replicate } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'

test('what the writer kept of a log says nothing once that was rewound', async (t) => {
  const log = await createLog(t, numbered(10))
  const copy = await createCopy(t, log)
  const gone = new GoneBlocks(copy, () => {})
  connect(t, log, copy)
  await copy.update({ wait: true })
  gone.keptFrom(20)
  t.ok(gone.suspects(10), 'the block that comes next')
  const rewound = new Promise<void>((resolve) => copy.once('truncate', () => resolve()))
  await log.truncate(5)
  await rewound
  t.absent(gone.suspects(5))
  gone.keptFrom(8)
  t.ok(gone.suspects(5))
})

test('what is here is not skipped with what has gone', async (t) => {
  const log = await createLog(t, numbered(100))
  const copy = await createCopy(t, log)
  await replicate(log, copy, 50, 60)
  await freeBlocks(log, 0, 90)
  const gone = new GoneBlocks(copy, () => {})
  connect(t, log, copy)
  await copy.update({ wait: true })
  gone.keptFrom(90)
  t.is(await gone.upTo(0), 50)
  t.is(await gone.upTo(60), 90)
})

test('a block has gone once the last peer lets go of it that has had it', async (t) => {
  const log = await createLog(t, numbered(10))
  const copy = await createCopy(t, log)
  const gone = new GoneBlocks(copy, () => {})
  t.teardown(() => gone.close())
  connect(t, log, copy)
  await copy.update({ wait: true })
  gone.keptFrom(9)
  t.absent(gone.suspects(0), 'the writer has said so, and has it still')
  const suspected = gone.suspected(0)
  await log.clear(0, 9)
  await suspected
  t.is(await gone.upTo(0), 9)
})

test('blocks of an earlier fork are not those that are waited for', async (t) => {
  const { gone } = await rewoundBesideArchive(t)
  t.ok(gone.suspects(0))
})

test('a peer on an earlier fork is waited for that becomes the later one', async (t) => {
  const { gone, log, archive } = await rewoundBesideArchive(t)
  const gap = gone.upTo(0)
  // longer than a peer may take to say which blocks it has
  await after(3000)
  const rewound = new Promise((resolve) => archive.once('truncate', resolve))
  connect(t, log, archive)
  await rewound
  t.is(await gap, 0, 'it brings them')
})

/**
 * A new copy of a log that was rewound to block 270 and keeps none before block 390, beside an archive of 300
 * blocks of it as it was before, which becomes the later one once it meets `log`.
 */
async function rewoundBesideArchive(
  t: Test
): Promise<{ gone: GoneBlocks; log: Hypercore; archive: Hypercore }> {
  const log = await createLog(t, numbered(300))
  const archive = await createCopy(t, log)
  await replicate(log, archive)
  await log.truncate(270)
  await log.append(numbered(130, 270).map((line) => b4a.from(line)))
  await freeBlocks(log, 0, 390)
  const copy = await createCopy(t, log)
  // which refuses questions that have no answer here
  filterMessages(copy, { onoffence: (_, reason) => t.fail(reason), onmishap: () => t.fail('left') })
  const gone = new GoneBlocks(copy, () => {})
  t.teardown(() => gone.close(), { order: -2 })
  connect(t, log, copy)
  await copy.update({ wait: true })
  gone.keptFrom(390)
  // the copy has no node that would tell it what it has in common with the later log
  new ForkSearch(archive, { keptOn: () => 0, mayDrop: () => false })
  connect(t, archive, copy)
  while (!copy.peers.some((peer) => holdsBlocks(peer, 0, 1))) await after(10)
  return { gone, log, archive }
}
