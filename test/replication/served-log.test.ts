import b4a from 'b4a'
import path from 'bare-path'
import { test } from 'brittle'
import Hypercore from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import { messageOf } from '../../shared/errors.ts'
import { ServedLog } from '../../shared/replication/served-log.ts'
import { Checkpoint } from '../../shared/storage/checkpoint.ts'
import { Retention } from '../../shared/storage/retention.ts'
import { WriterLog } from '../../shared/storage/writer-log.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'

test('a writer waits for no peer to hold what it let go of meanwhile', async (t) => {
  const core = await createLog(t, numbered(20))
  const retention = await Retention.load(core, { blocks: 10 })
  const log = new WriterLog(core, new Checkpoint(path.join(await t.tmp(), 'record')), retention)
  t.teardown(() => log.close(), { force: true, order: -1 })
  const alone = { connections: new Set() } as unknown as Hyperswarm
  const events = { onloss() {}, onrival() {}, onerror: (err: unknown) => t.fail(messageOf(err)) }
  const served = new ServedLog(alone, log, events, (_peer, reason) => t.fail(reason))
  const waiting = served.waitUntilHeld(0, 20, 5000).catch(messageOf)
  await retention.skipTo(10)
  const copy = await createCopy(t, core)
  connect(t, core, copy)
  await copy.update({ wait: true })
  await copy.download({ start: 10, end: 20 }).done()
  t.ok(/let go of 10 blocks of this run/.test(String(await waiting)))

  const all = served.waitUntilHeld(0, 20, 5000).catch(messageOf)
  await retention.skipTo(20)
  t.ok(/let go of 20 blocks of this run/.test(String(await all)))
})

test('a copy that is longer stops the writer, though it comes when the questions are over', async (t) => {
  const core = await createLog(t, numbered(10))
  const twin = new Hypercore(await t.tmp(), { keyPair: core.keyPair })
  await twin.ready()
  t.teardown(() => twin.close(), { force: true })
  await twin.append(numbered(17).map((line) => b4a.from(line)))
  const copy = await createCopy(t, twin)
  connect(t, twin, copy)
  await copy.update({ wait: true })

  const checkpoint = new Checkpoint(path.join(await t.tmp(), 'record'))
  const retention = await Retention.load(core, null)
  const log = new WriterLog(core, checkpoint, retention)
  t.teardown(() => log.close(), { force: true, order: -1 })
  const alone = { connections: new Set() } as unknown as Hyperswarm
  const errors: string[] = []
  const events = {
    onloss() {},
    onrival() {},
    onerror: (err: unknown) => errors.push(messageOf(err))
  }
  const served = new ServedLog(alone, log, events, (_peer, reason) => t.fail(reason))
  const found = new Promise<void>((resolve) => {
    const expect = log.expect.bind(log)
    log.expect = async (fork, length) => {
      resolve()
      await expect(fork, length)
    }
  })
  const startAppending = log.startAppending.bind(log)
  log.startAppending = async () => {
    connect(t, core, copy)
    await found
    await startAppending()
  }
  await served.prepare(Promise.resolve())
  t.is(errors.length, 1)
  t.ok(/holds 17 blocks of this log, and 10 are here/.test(errors[0] ?? ''), errors[0])
})
