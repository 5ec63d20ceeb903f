import { test } from 'brittle'
import { check } from './check.ts'
import type { History, LineNumber, Print } from './history.ts'

/** The writer was killed twice: line 5 was not acknowledged, yet stored; 8 and 9 were lost. */
function history(): History {
  return {
    writer: [
      { first: 0, sent: 6, acknowledged: [2, 5] },
      { first: 6, sent: 4, acknowledged: [8] },
      { first: 10, sent: 3, acknowledged: [9, 11] }
    ],
    log: [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12],
    readers: [
      [printed(0, 0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12)],
      [printed(0, 0, 1, 2, 3), [], printed(2, 2, 3, 4, 5, 6, 7), printed(8, 10, 11, 12)]
    ]
  }
}

/** What a run prints that begins with block `seq` and prints `lines`. */
function printed(seq: number, ...lines: LineNumber[]): Print[] {
  return lines.map((line, i) => ({ seq: seq + i, line }))
}

test('a history that keeps the promise passes, with lines printed again after a resume', (t) => {
  t.alike(check(history()), [])
})

const DOCTORED: Record<string, { says: string; doctor(history: History): unknown }> = {
  'an acknowledged line at the end of the log is lost': {
    says: 'length 11 was acknowledged, and the log has 10 blocks',
    doctor(all) {
      all.log.pop()
      for (const runs of all.readers) runs.at(-1)?.pop()
    }
  },
  'an acknowledged line is lost before the writer goes on': {
    says: 'length 8 was acknowledged by run 2 of the writer, which was not given the line there, 10',
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
    says: 'block 3 of the log, behind line 2, is no whole line',
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
  'a reader leaves a block out within a run': {
    says: 'run 1 of reader 1 printed block 5, and 4 was the next one',
    doctor: (all) => all.readers[0]?.[0]?.splice(4, 1)
  },
  'a reader prints a block twice within a run': {
    says: 'run 1 of reader 1 printed block 3, and 4 was the next one',
    doctor: (all) => all.readers[0]?.[0]?.splice(4, 0, { seq: 3, line: 3 })
  },
  'a reader prints two blocks in the wrong order': {
    says: 'run 1 of reader 1 printed block 4, and 3 was the next one',
    doctor: (all) => all.readers[0]?.[0]?.splice(3, 2, { seq: 4, line: 4 }, { seq: 3, line: 3 })
  },
  'a reader prints two lines in the wrong order': {
    says: 'run 1 of reader 1 printed line 4 as block 3, and the log has line 3',
    doctor: (all) => all.readers[0]?.[0]?.splice(3, 2, ...printed(3, 4, 3))
  },
  'a reader prints a torn line': {
    says: 'run 1 of reader 1 printed no whole line as block 3, and the log has line 3',
    doctor: (all) => all.readers[0]?.[0]?.splice(3, 1, { seq: 3, line: null })
  },
  'a reader that resumes leaves a block out': {
    says: 'run 3 of reader 2 began with block 5, and 4 was the next one',
    doctor: (all) => all.readers[1]?.splice(2, 1, printed(5, 5, 6, 7))
  },
  'a reader that resumes prints another line for a block that it has printed': {
    says: 'run 3 of reader 2 printed line 4 as block 3, and the log has line 3',
    doctor: (all) => all.readers[1]?.splice(2, 1, printed(2, 2, 4, 4, 5, 6, 7))
  },
  'a reader does not begin with the first block': {
    says: 'run 1 of reader 1 began with block 1, and 0 was the next one',
    doctor: (all) => all.readers[0]?.[0]?.shift()
  },
  'a reader does not reach the end': {
    says: 'reader 2 printed 8 of the 11 blocks',
    doctor: (all) => all.readers[1]?.pop()
  },
  'a reader prints more than there is': {
    says: 'run 1 of reader 1 printed line 13 as block 11, and the log has no such block',
    doctor: (all) => all.readers[0]?.[0]?.push({ seq: 11, line: 13 })
  }
}

for (const [what, { says, doctor }] of Object.entries(DOCTORED)) {
  test(`it is noticed when ${what}`, (t) => {
    const doctored = history()
    doctor(doctored)
    const found = check(doctored)
    t.ok(found.includes(says), found.join('; '))
  })
}

test('it is noticed when a reader that resumes starts all over', (t) => {
  const lines = Array.from({ length: 3000 }, (_, i) => i)
  const found = check({
    writer: [{ first: 0, sent: 3000, acknowledged: [3000] }],
    log: lines,
    readers: [[printed(0, ...lines.slice(0, 2000)), printed(0, ...lines)]]
  })
  t.alike(found, ['run 2 of reader 1 began with block 0, and 2000 was the next one'])
})
