import { test } from 'brittle'
import { GoneBlocks } from '../../shared/replication/gone-blocks.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
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
