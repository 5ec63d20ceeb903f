import { test } from 'brittle'
import { after, now } from '../../shared/limits/clock.ts'
import { Lateness, waitForOthers } from '../../shared/limits/lateness.ts'

/** Longer than what counts as late. */
const BUSY_MS = 300
const WAIT_MS = 50

/** Keeps the process from doing anything else. */
function beBusy(ms: number): void {
  const end = now() + ms
  while (now() < end);
}

test('a process that comes late is strained, and for a while after', (t) => {
  const lateness = new Lateness(0)
  t.absent(lateness.isStrained, 'not at first')
  beBusy(BUSY_MS)
  t.ok(lateness.isStrained, 'before it has come')
  lateness.mark()
  lateness.mark()
  t.ok(lateness.isStrained, 'and once it has')
})

test('one that comes in time is not', (t) => {
  const lateness = new Lateness(10_000)
  beBusy(BUSY_MS)
  lateness.mark()
  t.absent(lateness.isStrained)
})

test('a process that is late waits again, and comes to an end', async (t) => {
  const called = new Promise<void>((resolve) => waitForOthers(WAIT_MS, resolve))
  beBusy(BUSY_MS)
  const free = now()
  await called
  t.ok(now() - free >= WAIT_MS - 1, 'from when it could read what has come')
})

test('what is ended is not called', async (t) => {
  const stop = waitForOthers(1, () => t.fail('it was called'))
  stop()
  await after(20)
  t.pass()
})
