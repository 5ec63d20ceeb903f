import { test } from 'brittle'
import { after, now } from '../../shared/limits/clock.ts'
import { Lateness, waitForOthers } from '../../shared/limits/lateness.ts'
import { beBusy } from '../helpers/busy.ts'

/** Longer than what counts as late. */
const BUSY_MS = 300
const TURN_MS = 50

test('a process that comes late is strained, and for some turns after', async (t) => {
  const lateness = new Lateness(TURN_MS)
  beBusy(TURN_MS + BUSY_MS)
  t.ok(lateness.isStrained, 'before it has come')
  lateness.mark()
  const cameAt = now()
  t.ok(lateness.isStrained, 'and once it has')
  // a machine that is late may have it strained anew
  while (lateness.isStrained) {
    await after(TURN_MS)
    lateness.mark()
  }
  t.ok(now() - cameAt >= 4 * TURN_MS)
})

test('one that comes in time is not', (t) => {
  const lateness = new Lateness(10_000)
  t.absent(lateness.isStrained, 'at first')
  beBusy(BUSY_MS)
  lateness.mark()
  t.absent(lateness.isStrained)
})

test('a process that is late waits once more, from when it can read what has come', async (t) => {
  const called = new Promise<void>((resolve) => waitForOthers(TURN_MS, resolve))
  beBusy(TURN_MS + BUSY_MS)
  const free = now()
  await called
  t.ok(now() - free >= TURN_MS - 1)
})

test('what is ended is not called', async (t) => {
  const stop = waitForOthers(1, () => t.fail('it was called'))
  stop()
  await after(20)
  t.pass()
})
