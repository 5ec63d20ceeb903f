import { test } from 'brittle'
import { check } from './check.ts'
import { type Doctored, areNoticed, done, printed, run } from './doctored.ts'
import type { History } from './history.ts'

/** The writer was killed twice: line 5 was not acknowledged, yet stored; 8 and 9 were lost. */
function history(): History {
  return {
    writer: [
      run([], { first: 0, sent: 6, acknowledged: [1, 2, 5] }),
      run([0, 5], { first: 6, sent: 4, acknowledged: [7, 8] }),
      run([1, 8], { first: 10, sent: 3, acknowledged: [9, 11] })
    ],
    log: [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12],
    readers: [
      [done(printed(0, 0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12))],
      [
        done(printed(0, 0, 1, 2, 3)),
        done([]),
        done(printed(2, 2, 3, 4, 5, 6, 7)),
        done(printed(8, 10, 11, 12))
      ]
    ],
    keep: Infinity
  }
}

test('a history that keeps the promise passes, with lines printed again after a resume', (t) => {
  t.alike(check(history()), [])
})

const DOCTORED: Doctored = {
  'an acknowledged line at the end of the log is lost': {
    says: 'length 11 was acknowledged, and the log has 10 blocks',
    doctor(all) {
      all.log.pop()
      for (const runs of all.readers) runs.at(-1)?.prints.pop()
    }
  },
  'an acknowledged line is lost before the writer goes on': {
    says: 'run 3 of the writer went on from block 7, which had to keep 8 blocks',
    doctor(all) {
      all.log.splice(7, 1)
      all.writer[2]?.acknowledged.splice(0, 2, 8, 10)
      all.readers = []
    }
  },
  'the log shows another line where the writer went on': {
    says: 'block 7 of the log is line 10, which was acknowledged as block 8',
    doctor(all) {
      all.log.splice(7, 1)
      all.readers = []
    }
  },
  'a line is lost from the middle of a run': {
    says: 'block 3 of the log is line 4 behind line 2: some are missing between',
    doctor(all) {
      all.log.splice(3, 1)
      all.readers = []
    }
  },
  'a line is in the log twice': {
    says: 'block 3 of the log is line 2 behind line 2',
    doctor(all) {
      all.log.splice(3, 0, 2)
      all.readers = []
    }
  },
  'two lines of the log have changed places': {
    says: 'block 4 of the log is line 3 behind line 4',
    doctor(all) {
      all.log.splice(3, 2, 4, 3)
      all.readers = []
    }
  },
  'a line of the log is torn': {
    says: 'block 3 of the log is no whole line',
    doctor(all) {
      all.log[3] = null
      all.readers = []
    }
  },
  'a line is in the log that was never sent': {
    says: 'block 11 of the log is line 13, which was never sent',
    doctor(all) {
      all.log.push(13)
      all.readers = []
    }
  },
  'acknowledged lengths go back': {
    says: 'length 7 was acknowledged after 8',
    doctor(all) {
      all.writer[1]?.acknowledged.push(7)
    }
  },
  'more is acknowledged than was sent': {
    says: 'length 12 was acknowledged by run 3 of the writer, which went on from block 8 and was given 3 lines',
    doctor: (all) => all.writer[2]?.acknowledged.push(12)
  },
  'a writer refuses to go on without a reason': {
    says: 'run 2 of the writer refused to go on, though its disk had lost nothing',
    doctor: (all) =>
      all.writer.splice(1, 0, { ...run([0, 5], { first: 6, sent: 0 }), refused: true })
  },
  'a reader leaves a block out within a run': {
    says: 'run 1 of reader 1 printed block 5, and 4 was the next one',
    doctor: (all) => all.readers[0]?.[0]?.prints.splice(4, 1)
  },
  'a reader prints a block twice within a run': {
    says: 'run 1 of reader 1 printed block 3, and 4 was the next one',
    doctor: (all) => all.readers[0]?.[0]?.prints.splice(4, 0, { seq: 3, line: 3 })
  },
  'a reader prints two blocks in the wrong order': {
    says: 'run 1 of reader 1 printed block 4, and 3 was the next one',
    doctor: (all) =>
      all.readers[0]?.[0]?.prints.splice(3, 2, { seq: 4, line: 4 }, { seq: 3, line: 3 })
  },
  'a reader prints two lines in the wrong order': {
    says: 'run 1 of reader 1 printed, as block 3, line 4 behind line 2: some are missing between',
    doctor: (all) => all.readers[0]?.[0]?.prints.splice(3, 2, ...printed(3, 4, 3))
  },
  'a reader prints a torn line': {
    says: 'run 1 of reader 1 printed, as block 3, no whole line',
    doctor: (all) => all.readers[0]?.[0]?.prints.splice(3, 1, { seq: 3, line: null })
  },
  'a reader prints a line that is not in the log': {
    says: 'reader 1 printed line 8 as block 8, and the log has line 10',
    doctor: (all) => all.readers[0]?.[0]?.prints.splice(8, 3, ...printed(8, 8, 9))
  },
  'a reader prints another line for a block that it has printed, and the log was never rewound': {
    says: 'run 4 of reader 2 printed line 10 as block 8, after line 8, and the log was never rewound',
    doctor: (all) => all.readers[1]?.[2]?.prints.push({ seq: 8, line: 8 })
  },
  'a reader that resumes leaves a block out': {
    says: 'run 3 of reader 2 began with block 5, and 4 was the next one',
    doctor: (all) => all.readers[1]?.splice(2, 1, done(printed(5, 5, 6, 7)))
  },
  'a reader does not begin with the first block': {
    says: 'run 1 of reader 1 began with block 1, and 0 was the next one',
    doctor: (all) => all.readers[0]?.[0]?.prints.shift()
  },
  'a reader does not reach the end': {
    says: 'reader 2 printed 8 of the 11 blocks',
    doctor: (all) => all.readers[1]?.pop()
  },
  'a reader prints more than there is': {
    says: 'run 1 of reader 1 printed, as block 11, line 13, which was never sent',
    doctor: (all) => all.readers[0]?.[0]?.prints.push({ seq: 11, line: 13 })
  },
  'a reader ends by itself that was to stay': {
    says: 'run 1 of reader 1 ended with 1 by itself',
    doctor: (all) => Object.assign(all.readers[0]?.[0] ?? {}, { code: 1 })
  },
  'a reader leaves too early': {
    says: 'run 2 of reader 2 ended with 0 after 0 of 3 blocks',
    doctor: (all) => Object.assign(all.readers[1]?.[1] ?? {}, { leave: { after: 3 }, code: 0 })
  },
  'a reader leaves before the end of the log that it was to read to the end': {
    says: 'run 3 of reader 2 ended at block 8, and the log had 9',
    doctor: (all) =>
      Object.assign(all.readers[1]?.[2] ?? {}, { leave: 'at the end', code: 0, reachable: 9 })
  },
  'a reader does not find the writer that is there': {
    says: 'run 3 of reader 2 ended with 3, though the writer was there',
    doctor: (all) =>
      Object.assign(all.readers[1]?.[2] ?? {}, { leave: 'at the end', code: 3, reachable: 8 })
  }
}

areNoticed(DOCTORED, history)

test('readers that leave at the right block are no violation', (t) => {
  const all = history()
  Object.assign(all.readers[1]?.[0] ?? {}, { leave: { after: 4 }, code: 0 })
  Object.assign(all.readers[1]?.[2] ?? {}, { leave: 'at the end', code: 0, reachable: 8 })
  Object.assign(all.readers[1]?.[1] ?? {}, { leave: 'at the end', code: 3, reachable: null })
  t.alike(check(all), [])
})

test('it is noticed when a reader that resumes starts all over', (t) => {
  const lines = Array.from({ length: 3000 }, (_, i) => i)
  const found = check({
    writer: [run([], { first: 0, sent: 3000, acknowledged: [1, 3000] })],
    log: lines,
    readers: [[done(printed(0, ...lines.slice(0, 2000))), done(printed(0, ...lines))]],
    keep: Infinity
  })
  t.alike(found, ['run 2 of reader 1 began with block 0, and 2000 was the next one'])
})
