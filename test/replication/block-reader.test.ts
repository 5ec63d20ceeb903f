import { test } from 'brittle'
import { BlockReader } from '../../shared/replication/block-reader.ts'
import { createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { whileTruncated } from '../helpers/truncating.ts'

test('blocks that a truncation takes from the store meanwhile are no fault', async (t) => {
  const log = await createLog(t, numbered(200))
  const reader = new BlockReader(log, 0, () => Infinity)
  t.teardown(() => reader.close())
  const steps = reader.blocks()
  reader.endAt(100)
  const first = await steps.next()
  t.ok(first.value && 'blocks' in first.value && first.value.blocks.length === 100)
  reader.endAt(200)
  const { value } = await whileTruncated(
    log,
    () => log.truncate(10),
    () => steps.next()
  )
  t.alike(value, { rewindTo: 10 })
})
