import b4a from 'b4a'
import { test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { BatchReader } from '../../shared/feed/batch-reader.ts'
import { ownLog } from '../../shared/feed/claim.ts'
import { rememberLog } from '../../shared/feed/memory.ts'
import type { Begin } from '../../shared/feed/messages.ts'
import { Sender } from '../../shared/feed/sender.ts'
import { requestOf } from '../../shared/feed/subscription.ts'
import { createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'

test('of a log that grows meanwhile no more blocks were there before than its end says', async (t) => {
  const log = await createLog(t, numbered(10))
  const request = requestOf(ownLog(log, 0), 1, { tail: 0 }, 0)
  const memory = rememberLog(log)
  const answered = new Promise<Begin>((resolve, reject) => {
    // what it does behind its answer, while the log is closed, says nothing
    const refuse = (): void => reject(new Error('it refuses'))
    const channel = { begin: resolve, batch() {}, refuse }
    const reader = new BatchReader(log, memory)
    const sender = new Sender(log, memory, reader, channel, (err) => t.fail(String(err)))
    beforeTheTreeIsRead(log, () => log.append(b4a.from('one more')))
    void sender.subscribe(request)
  })
  const { end, before } = await answered
  t.alike([end?.length, before], [10, 10])
})

interface Treed {
  readonly state: { createTreeBatch(): { restore(length: number): Promise<unknown> } }
}

/** Has `job` done once, when the tree of `core` is read for the next time. */
function beforeTheTreeIsRead(core: Hypercore, job: () => Promise<unknown>): void {
  const { state } = core as Hypercore & Treed
  const { createTreeBatch } = state
  state.createTreeBatch = () => {
    const batch = createTreeBatch.call(state)
    const restore = batch.restore.bind(batch)
    state.createTreeBatch = createTreeBatch
    batch.restore = async (length) => {
      await job()
      return restore(length)
    }
    return batch
  }
}
