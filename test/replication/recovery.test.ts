import path from 'bare-path'
import { test } from 'brittle'
import { recoverFromReaders } from '../../shared/replication/recovery.ts'
import { openWriter } from '../../shared/storage/open.ts'
import { closeTestnet } from '../helpers/app.ts'
import { makeBackup, putBack } from '../helpers/backup.ts'
import { createCopy } from '../helpers/cores.ts'
import { appendIn, replicate, runWriter, writtenStorage } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'
import { announce } from '../helpers/swarm.ts'

const BEFORE = 20
const LENGTH = 51
const KEPT_FROM = 30

test('what a writer had let go of is not waited for, though it is told so while it waits', async (t) => {
  const { storage } = await writtenStorage(t, numbered(BEFORE))
  const backup = path.join(await t.tmp(), 'backup')
  makeBackup(storage, backup)
  await appendIn(storage, numbered(LENGTH - BEFORE, BEFORE))
  const copy = await runWriter(storage, async ({ core }) => {
    const copy = await createCopy(t, core)
    await replicate(core, copy)
    await copy.clear(0, KEPT_FROM)
    return copy
  })
  putBack(backup, storage)

  const log = await openWriter(storage, { private: false, keep: { blocks: LENGTH - KEPT_FROM } })
  t.teardown(() => log.close())
  await log.expect(0, LENGTH)
  await announce(t, copy)
  await announce(t, log.core)
  let asked = 0
  const letGo = (): number => (log.core.length === LENGTH && asked++ > 0 ? KEPT_FROM : 0)
  await recoverFromReaders(log, letGo, {
    onstall: () => {},
    onerror: (err) => t.fail(String(err))
  })
  t.is(log.length, LENGTH)
  t.is(log.retention.first, KEPT_FROM)
})

closeTestnet()
