import { test } from 'brittle'
import { LengthHistory } from '../../shared/feed/length-history.ts'

test('it tells how long the log was at any time', (t) => {
  const history = new LengthHistory()
  t.is(history.at(5), null, 'before anything is known, nothing')
  for (const [length, at] of [
    [10, 100],
    [11, 200],
    [11, 250],
    [30, 300]
  ] as const) {
    history.record(length, at)
  }
  const asked = [0, 99, 100, 199, 200, 299, 300, 1e9].map((at) => history.at(at))
  t.alike(asked, [10, 10, 10, 10, 11, 11, 30, 30])
})

test('a log that begins anew is no longer than it is now', (t) => {
  const history = new LengthHistory()
  history.record(10, 100)
  history.begin(4, 200)
  t.alike(
    [100, 250].map((at) => history.at(at)),
    [4, 4]
  )
})

test('of a long history no moment tells of blocks that came after it', (t) => {
  const history = new LengthHistory()
  const moments = 20_000
  for (let i = 1; i <= moments; i++) history.record(i, i)
  let worst = 0
  for (let at = moments / 2; at <= moments; at += 7) {
    const length = history.at(at) ?? Infinity
    if (length > at) t.fail(`${length} blocks at ${at}`)
    worst = Math.max(worst, at - length)
  }
  t.is(history.at(moments), moments)
  t.is(history.at(moments - 1000), moments - 1000, 'what was not long ago is known exactly')
  t.ok(worst < moments / 50, `and what was, nearly so: ${worst}`)
})
