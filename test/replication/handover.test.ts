import b4a from 'b4a'
import { test } from 'brittle'
import { waitUntilHeld } from '../../shared/replication/handover.ts'
import { holdsBlocks } from '../../shared/upstream/hypercore-peer.ts'
import { guardReorganisation } from '../../shared/upstream/hypercore-replicator.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { replicate } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'

test('blocks of an earlier fork are not those that a writer waits for', async (t) => {
  const log = await createLog(t, numbered(100))
  const copy = await createCopy(t, log)
  await replicate(log, copy)
  await log.truncate(50)
  await log.append(numbered(10, 50).map((line) => b4a.from(line)))
  let release = (): void => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  guardReorganisation(copy, async (_later, apply) => {
    await released
    return apply()
  })
  connect(t, log, copy)
  t.absent(await waitUntilHeld(log, () => 50, 60, 1000))
  t.ok(
    log.peers.some((peer) => holdsBlocks(peer, 50, 60)),
    'it has said that it holds as many'
  )

  release()
  copy.download({ start: 50, end: 60 })
  t.ok(await waitUntilHeld(log, () => 50, 60))
})
