import { test } from 'brittle'
import { ReadingRange, startOf } from '../../reader-app/reading-range.ts'

const PLAIN = { seed: false, start: undefined, tail: 0, follow: true, count: Infinity }

for (const [flags, wanted, resumed, skip] of [
  ['no flags', {}, undefined, { tail: 0, live: true }],
  ['--tail 5', { tail: 5 }, undefined, { tail: 5, live: true }],
  ['--start 0', { start: 0 }, undefined, { from: 0 }],
  ['--start 7', { start: 7 }, undefined, { from: 7 }],
  ['--no-follow', { follow: false }, undefined, { tail: 0, live: false }],
  ['--resume the first time', {}, undefined, { tail: 0, live: true }],
  ['--resume', {}, 12, { from: 12 }],
  ['--resume from the first block', {}, 0, { from: 0 }],
  ['--resume --start 7', { start: 7 }, 12, { from: 12 }],
  ['--resume --start 7 the first time', { start: 7 }, undefined, { from: 7 }],
  ['--resume --tail 5', { tail: 5 }, 12, { from: 12 }],
  ['--seed', { seed: true }, undefined, { from: 30 }]
] as const) {
  test(`${flags} leaves out what it says`, (t) => {
    t.alike(startOf({ ...PLAIN, ...wanted }, { held: 30, resumed }), skip)
  })
}

for (const [what, skip, wanted, first, stopAt] of [
  ['only new blocks', { tail: 0, live: true }, {}, 100, Infinity],
  ['the last five, and new ones', { tail: 5, live: true }, {}, 95, Infinity],
  ['all, where there are fewer than asked for', { tail: 500, live: true }, {}, 0, Infinity],
  ['all, and new ones', { from: 0 }, {}, 0, Infinity],
  ['those from 150 on, once they come', { from: 150 }, {}, 150, Infinity],
  ['all, and no new ones', { from: 0 }, { follow: false }, 0, 100],
  ['none, where there is none yet', { from: 150 }, { follow: false }, 150, 100],
  ['the last five', { tail: 5, live: true }, { follow: false }, 95, 100],
  ['three of the last five', { tail: 5, live: true }, { follow: false, count: 3 }, 95, 98],
  [
    'the last five, though seven were asked for',
    { tail: 5, live: true },
    { follow: false, count: 7 },
    95,
    100
  ],
  ['the last five and two new ones', { tail: 5, live: true }, { count: 7 }, 95, 102],
  ['one new block', { tail: 0, live: true }, { count: 1 }, 100, 101]
] as const) {
  test(`of 100 blocks are read: ${what}`, (t) => {
    const range = new ReadingRange(skip, { ...PLAIN, ...wanted }, 100)
    t.alike([range.first, range.stopAt], [first, stopAt])
  })
}

test('--count is of blocks that are printed and stand', (t) => {
  const range = new ReadingRange({ from: 10 }, { follow: true, count: 30 }, 100)
  range.leaveOut({ start: 20, end: 35 })
  t.is(range.stopAt, 55, 'what has gone counts for none')
  range.rewindTo(38)
  t.is(range.stopAt, 55, 'what is read again counts once')
  range.rewindTo(25)
  t.is(range.stopAt, 45, 'what had gone may be another now')
  range.leaveOut({ start: 25, end: 28 })
  t.is(range.stopAt, 48)
  range.rewindTo(20)
  t.is(range.stopAt, 40)
  range.rewindTo(4)
  t.is(range.stopAt, 34, 'what was printed before this run is counted anew')
})

test('--no-follow ends where the log ended, whatever has gone', (t) => {
  const range = new ReadingRange({ from: 10 }, { follow: false, count: 80 }, 100)
  range.leaveOut({ start: 20, end: 60 })
  t.is(range.stopAt, 100)
  range.rewindTo(20)
  t.is(range.stopAt, 90)
  range.endBefore(70)
  range.leaveOut({ start: 20, end: 60 })
  t.is(range.stopAt, 70, 'and no later than the log that it became')
})
