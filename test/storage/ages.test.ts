import { test } from 'brittle'
import { Ages } from '../../shared/storage/ages.ts'

/** Of a log of which blocks are kept for 100 ms each block is a mark, but for those within 2 ms. */
const KEPT_MS = 100

test('blocks expire after their time, none before, and none much later', (t) => {
  const clock = stopClock(t)
  const ages = new Ages(KEPT_MS, [])
  const cameAt: number[] = []
  for (let at = 0; at < 1000; at += at < 300 ? 1 : 13) {
    clock.now = at
    cameAt.push(at)
    ages.note(cameAt.length)
    const { expired } = ages
    const tooOld = cameAt.filter((came) => came <= at - KEPT_MS).length
    if (expired > tooOld) t.fail(`${expired} blocks went at ${at}, and ${tooOld} were too old`)
    const overdue = cameAt.filter((came) => came <= at - 1.1 * KEPT_MS).length
    if (expired < overdue) t.fail(`${expired} blocks went at ${at}, and ${overdue} were overdue`)
  }
  t.ok(ages.expired > 0)
  t.ok(ages.marks.length <= 60, `${ages.marks.length} marks`)
})

test('a clock that is set back makes no block older', (t) => {
  const clock = stopClock(t)
  const ages = new Ages(KEPT_MS, [])
  clock.now = 1000
  ages.note(5)
  clock.now = 0
  ages.note(9)
  t.is(ages.expired, 0)
  clock.now = 1050
  t.is(ages.expired, 0)
  clock.now = 1101
  t.is(ages.expired, 9)
})

test('a log that was truncated is as old as what is left of it', (t) => {
  const clock = stopClock(t)
  const ages = new Ages(KEPT_MS, [{ length: 5, at: 0 }])
  clock.now = 50
  ages.note(9)
  ages.truncate(7)
  clock.now = 90
  ages.note(8)
  clock.now = 100
  t.is(ages.expired, 5)
  clock.now = 190
  t.is(ages.expired, 8)
})

/** Has the clock of the wall say what the test says. */
function stopClock(t: { teardown(fn: () => void): void }): { now: number } {
  const { now } = Date
  const clock = { now: 0 }
  Date.now = () => clock.now
  t.teardown(() => {
    Date.now = now
  })
  return clock
}
