import b4a from 'b4a'
import { test } from 'brittle'
import { createFeed } from '../../shared/feed/index.ts'
import { closeTestnet } from '../helpers/app.ts'
import { createLog } from '../helpers/cores.ts'
import { Copy } from './copy.ts'
import { Host } from './host.ts'
import { numbered } from './lines.ts'

test('batches go from reader to reader, and on when the writer has gone', async (t) => {
  const log = await createLog(t, numbered(3000))
  createFeed(log, { onerror: t.fail })
  const writer = await Host.start(t, log)
  const copies: Copy[] = []
  let last = writer
  // each is connected to the one before it alone
  for (let i = 0; i < 3; i++) {
    const copy = await Copy.open(t, log.key)
    const host = await Host.start(t, copy.core)
    await host.connect(last)
    await copy.until(3000)
    copies.push(copy)
    last = host
  }
  await log.append(numbered(5, 3000).map((line) => b4a.from(line)))
  for (const copy of copies) await copy.until(3005)
  await writer.close()

  const late = await Copy.open(t, log.key)
  await (await Host.start(t, late.core)).connect(last)
  await late.until(3005)
  for (const { lines, downloads } of [...copies, late]) {
    t.alike(lines, numbered(3005))
    t.is(downloads, 0, 'every block came in a signed batch')
  }
})

closeTestnet()
