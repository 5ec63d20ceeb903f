import b4a from 'b4a'
import { test } from 'brittle'
import { rememberLog } from '../../shared/feed/memory.ts'
import { BatchReader } from '../../shared/feed/batch-reader.ts'
import { createCopy, createLog } from '../helpers/cores.ts'

test('a relay that has no signature for a batch of its large blocks sends none, and does not search for ever', async (t) => {
  const lines = ['a', 'b', 'c'].map((letter) => letter.repeat(600_000))
  const origin = await createLog(t, lines)
  const copy = await createCopy(t, origin)
  if (origin.manifest !== null) await copy.core.setManifest(origin.manifest)
  const { signature } = origin.core.state
  const session = copy.session({ writable: true })
  await session.append(
    lines.map((line) => b4a.from(line)),
    signature === null ? {} : { signature }
  )
  t.is(copy.length, 3)

  // a relay that was started again knows but the signature of its whole log
  const reader = new BatchReader(copy, rememberLog(copy))
  t.is(await reader.read(0), null, 'more than a batch may hold')
  const last = await reader.read(2)
  t.is(last?.blocks.length, 1, 'one block, which may be larger')
  await session.close()
})
