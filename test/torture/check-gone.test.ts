import { test } from 'brittle'
import { check } from './check.ts'
import { type Doctored, areNoticed, disk, done, mark, printed, run } from './doctored.ts'
import { type Block, GONE, type Gone, type History, type ReaderRun } from './history.ts'

const LINES = numbers(0, 20)

/** The writer kept the last 8 of its 20 blocks. One reader read on all the time, one came back late. */
function history(): History {
  return {
    writer: [run([], { sent: 20, acknowledged: [1, 20] })],
    log: [...gone(12), ...LINES.slice(12)],
    readers: [
      [done(printed(0, ...LINES))],
      [
        done(printed(0, 0, 1, 2)),
        told(printed(10, ...LINES.slice(10)), { start: 3, end: 7 }, { start: 7, end: 10 })
      ]
    ],
    keep: 8
  }
}

/** The same, but it was put back to 6 blocks, with which it was told to go on, and wrote 24 more. */
function rewound(): History {
  const second = { first: 20, sent: 24, acknowledged: [7, 30], accepts: true }
  return {
    ...history(),
    writer: [...history().writer, run([], { ...second, disk: disk(mark([0, 20]), mark([0, 6])) })],
    log: [...gone(22), ...numbers(36, 44)],
    readers: [
      [
        told(
          [
            ...printed(0, ...LINES),
            ...printed(8, ...numbers(22, 26)),
            ...printed(16, ...numbers(30, 44))
          ],
          { start: 6, end: 8 },
          { start: 12, end: 16 }
        )
      ]
    ]
  }
}

function numbers(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, i) => from + i)
}

function gone(count: number): Block[] {
  return Array.from({ length: count }, () => GONE)
}

/** A run that printed this, and was told that these blocks have gone; no other block may have by then. */
function told(prints: ReaderRun['prints'], ...all: Omit<Gone, 'keptFrom'>[]): ReaderRun {
  return { ...done(prints), gone: all.map((one) => ({ ...one, keptFrom: 22 })) }
}

test('a history whose first blocks have gone passes, where the reader that missed them was told', (t) => {
  t.alike(check(history()), [])
})

test('what has gone may come again with a reader that has it', (t) => {
  const all = history()
  all.readers[1]?.push(told(printed(7, ...LINES.slice(7)), { start: 3, end: 7 }))
  t.alike(check(all), [])
})

test('a rewind may be followed by blocks that have gone, of those that were shown', (t) => {
  t.alike(check(rewound()), [])
})

test('a reader is resumed with blocks that have gone after more than one run of blocks', (t) => {
  const [all, count] = [numbers(0, 5000), 2000]
  const found = check({
    writer: [run([], { sent: 5000, acknowledged: [1, 5000] })],
    log: all,
    readers: [
      [
        told(printed(count, ...all.slice(count, 2500)), { start: 0, end: count }),
        told(printed(count, ...all.slice(count)), { start: 0, end: count })
      ].map((run) => ({ ...run, gone: run.gone.map((one) => ({ ...one, keptFrom: count })) }))
    ],
    keep: 3000
  })
  t.alike(found, [])
})

test('readers may leave with blocks that have gone', (t) => {
  const all = history()
  const reader = all.readers[1] ?? []
  const leaves = { leave: 'at the end', code: 0, reachable: 7 } as const
  reader.splice(1, 0, { ...told([], { start: 3, end: 7 }), ...leaves })
  t.alike(check(all), [])
  reader[1]!.reachable = 8
  t.alike(check(all), ['run 2 of reader 2 ended at block 7, and the log had 8'])
})

test('one that is rewound to blocks that have gone prints more than it was to print', (t) => {
  const all = rewound()
  Object.assign(all.readers[0]?.[0] ?? {}, { leave: { after: 30 }, code: 0 })
  t.alike(check(all), [])
})

test('a writer refuses where its readers lack what leads from its log to theirs', (t) => {
  const all = history()
  const lost = { first: 20, refused: true, disk: disk(mark([0, 20]), mark([0, 6])) }
  const refuse = (first: number) => {
    const witnesses = [{ reader: 'reader 2', tip: { seq: 19, line: 19 }, first }]
    return check({ ...all, writer: [...all.writer, run([], { ...lost, witnesses })] })
  }
  t.alike(refuse(7), [])
  t.alike(refuse(6), [
    'run 2 of the writer refused to go on, though reader 2 held all that it had lost'
  ])
})

const DOCTORED: Doctored = {
  'a block has gone that was to be kept': {
    says: 'block 12 of the log has gone, and was to be kept',
    doctor: (all) => (all.log[12] = GONE)
  },
  'a line follows on those that have gone in the wrong place': {
    says: 'block 12 of the log is line 13, which was acknowledged as block 13',
    doctor: (all) => all.log.splice(12, 1)
  },
  'a reader is told that blocks have gone which are to be kept': {
    says: 'run 2 of reader 2 said that block 9 has gone, which was to be kept',
    doctor: (all) => Object.assign(all.readers[1]?.[1]?.gone[1] ?? {}, { keptFrom: 9 })
  },
  'a reader leaves out more than it was told has gone': {
    says: 'run 2 of reader 2 began with block 10, and 3 was the next one',
    doctor: (all) => all.readers[1]?.[1]?.gone.pop()
  },
  'a reader leaves out less than it was told has gone': {
    says: 'run 2 of reader 2 began with block 9, and 3 was the next one',
    doctor: (all) => all.readers[1]?.[1]?.prints.unshift({ seq: 9, line: 9 })
  },
  'a reader shows another line after what has gone': {
    says: 'run 2 of reader 2 printed, as block 10, line 11, which was acknowledged as block 11',
    doctor: (all) => Object.assign(all.readers[1]?.[1]?.prints[0] ?? {}, { line: 11 })
  },
  'a reader shows a line after what has gone that it has shown before': {
    says: 'run 2 of reader 2 printed, as block 10, line 2 behind line 2',
    doctor: (all) => Object.assign(all.readers[1]?.[1]?.prints[0] ?? {}, { line: 2 })
  }
}

const REWOUND: Doctored = {
  'a shorter log lacks what came after the loss': {
    says: 'block 22 of the log has gone, and was to be kept',
    doctor: (all) => (all.log[22] = GONE)
  },
  'a rewind is not shown to a reader that was told of blocks which have gone': {
    says: 'run 1 of reader 1 printed, as block 8, line 22 behind line 7: some are missing between',
    doctor: (all) => all.readers[0]?.[0]?.gone.shift()
  },
  'a rewind is hidden behind blocks that have gone': {
    says: 'run 1 of reader 1 printed, as block 24, line 38 behind line 19: some are missing between',
    doctor: (all) =>
      all.readers.splice(0, 1, [
        told([...printed(0, ...LINES), ...printed(24, ...numbers(38, 44))], { start: 20, end: 24 })
      ])
  }
}

areNoticed(DOCTORED, history)
areNoticed(REWOUND, rewound)
