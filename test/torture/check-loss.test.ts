import { test } from 'brittle'
import { check } from './check.ts'
import { type Doctored, areNoticed, disk, done, mark, printed, run } from './doctored.ts'
import type { History, WriterRun } from './history.ts'
import { withoutWal } from './lineage.ts'

const SEEN_ALL = { reader: 'reader 1', tip: { seq: 9, line: 9 }, first: 0 }

/**
 * The writer acknowledged 10 blocks and was put back from a backup of 6 while no reader was there.
 * One reader had read on before, one came later.
 */
function restored(): History {
  return {
    writer: [
      run([], { sent: 10, acknowledged: [1, 10] }),
      run([0, 6], { first: 10, sent: 6, acknowledged: [7, 12] })
    ],
    log: [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15],
    readers: [
      [done([...printed(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), ...printed(6, 10, 11, 12, 13, 14, 15)])],
      [
        done(printed(0, 0, 1, 2, 3, 4, 5, 6, 7)),
        done(printed(4, 4, 5, 10, 11)),
        done(printed(8, 12, 13, 14, 15))
      ]
    ],
    keep: Infinity
  }
}

/** The same, but what was lost is in the write-ahead log of the run that had begun at block 4. */
function damaged(given: Partial<WriterRun>): History {
  const second = run([0, 4], { first: 4, sent: 6, acknowledged: [5, 10] })
  const lost = disk(mark([1, 10]), mark([1, 4]))
  const third = run([], { first: 10, sent: 6, acknowledged: [7, 12], disk: lost, ...given })
  return { ...restored(), writer: [run([], { sent: 4, acknowledged: [1, 4] }), second, third] }
}

/** The damaged log, of which every reader has had all, and which went on where it was. */
function takenBack(): History {
  const lines = Array.from({ length: 16 }, (_, i) => i)
  const all = damaged({ acknowledged: [11, 16], witnesses: [SEEN_ALL] })
  return { ...all, log: lines, readers: [[done(printed(0, ...lines))]] }
}

test('a writer put back from a backup loses what came after it while no reader is there', (t) => {
  t.alike(check(restored()), [])
})

test('a writer whose write-ahead log was damaged goes on with less where it was told to', (t) => {
  t.alike(check(damaged({ accepts: true, witnesses: [SEEN_ALL] })), [])
})

test('a writer whose write-ahead log was damaged takes back what it has lost', (t) => {
  t.alike(check(takenBack()), [])
})

test('a writer whose write-ahead log was damaged refuses to go on, and is told to', (t) => {
  const all = damaged({ accepts: true })
  all.writer.splice(2, 0, ...damaged({ sent: 0, acknowledged: [], refused: true }).writer.slice(2))
  t.alike(check(all), [])
})

test('a writer put back from a backup takes a log from after a loss that was agreed to', (t) => {
  const accepting = { accepts: true, disk: disk(mark([0, 10]), mark([0, 6])) }
  const all: History = {
    writer: [
      run([], { sent: 10, acknowledged: [1, 10] }),
      run([], { first: 10, sent: 6, acknowledged: [7, 12], ...accepting }),
      run([0, 10], { first: 16, sent: 2, acknowledged: [13, 14] })
    ],
    log: [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16, 17],
    readers: [],
    keep: Infinity
  }
  t.alike(check(all), [])
})

test('a reader that holds a log which was dropped is no witness', (t) => {
  // back to the backup once more, while a reader has not heard yet of what came after the first time
  const all = restored()
  all.writer.push({
    ...run([0, 6], { first: 16, sent: 2, acknowledged: [7, 8] }),
    witnesses: [SEEN_ALL]
  })
  all.log.splice(6, 6, 16, 17)
  all.readers = []
  t.alike(check(all), [])
})

test('a reader that resumes may print again whatever a rewind may have changed', (t) => {
  const lines = Array.from({ length: 3000 }, (_, i) => i)
  const log = [...lines.slice(0, 2990), ...lines.map((line) => line + 3000)]
  const all = {
    writer: [
      run([], { sent: 3000, acknowledged: [1, 3000] }),
      run([0, 2990], { first: 3000, sent: 3000, acknowledged: [2991, 5990] })
    ],
    log,
    readers: [[done(printed(0, ...lines)), done(printed(0, ...log))]],
    keep: Infinity
  }
  t.alike(check(all), [])
})

test('a write-ahead log holds what a run had from readers, too', (t) => {
  const { writer } = takenBack()
  t.alike(withoutWal(mark([2, 16]), writer), mark([1, 4]), 'and what it found is left')
  t.alike(withoutWal(mark([1, 10]), writer), mark([1, 4]))
})

const DOCTORED: Doctored = {
  'a restored writer goes on though a reader is there that holds more': {
    says: 'run 2 of the writer went on from block 6, though reader 1 was there with 10',
    doctor: (all) => all.writer[1]?.witnesses.push(SEEN_ALL)
  },
  'a restored writer loses more than what came after the backup': {
    says: 'run 2 of the writer went on from block 5, which had to keep 6 blocks',
    doctor(all) {
      all.log.splice(5, 1)
      all.writer[1]?.acknowledged.splice(0, 2, 6, 11)
      all.readers = []
    }
  },
  'a restored log lacks what was in the backup': {
    says: 'block 6 of the log is line 11 of run 3 of the writer, which had to keep 6 blocks',
    doctor(all) {
      const other = run([], { first: 10, sent: 1, acknowledged: [6] })
      all.writer.splice(1, 1, other, run([1, 6], { first: 11, sent: 6, acknowledged: [7, 12] }))
      all.log = [0, 1, 2, 3, 4, 5, 11, 12, 13, 14, 15, 16]
    }
  },
  'a writer with a damaged write-ahead log goes on with less': {
    says: 'run 3 of the writer went on from block 6, which had to keep 10 blocks',
    doctor: (all) => Object.assign(all, damaged({}))
  },
  'a writer loses more than its write-ahead log': {
    says: 'run 3 of the writer went on from block 3, which had to keep 4 blocks',
    doctor: (all) => Object.assign(all, damaged({ accepts: true, acknowledged: [4, 9] }))
  },
  'a writer refuses to go on though a reader holds all that it has lost': {
    says: 'run 3 of the writer refused to go on, though reader 1 held all that it had lost',
    doctor: (all) =>
      Object.assign(all, damaged({ acknowledged: [], refused: true, witnesses: [SEEN_ALL] }))
  },
  'a writer refuses to go on again and again': {
    says: 'run 5 of the writer refused to go on, after 3 more',
    doctor(all) {
      const refused = run([0, 6], { first: 10, refused: true })
      all.writer.splice(1, 0, refused, refused, refused, refused)
    }
  },
  'a reader is left with what was dropped': {
    says: 'reader 1 printed line 6 as block 6, and the log has line 10',
    doctor: (all) => all.readers[0]?.[0]?.prints.splice(10)
  },
  'a reader goes on behind the first block that has changed': {
    says: 'run 1 of reader 1 printed, as block 7, line 11 behind line 6: some are missing between',
    doctor: (all) => all.readers[0]?.[0]?.prints.splice(10, 1)
  },
  'a reader goes on before the first block that has changed': {
    says: 'run 1 of reader 1 printed block 5, and 10 was the next one',
    doctor: (all) => all.readers[0]?.[0]?.prints.splice(10, 0, { seq: 5, line: 5 })
  },
  'a reader that resumes goes on with the old number': {
    says: 'run 2 of reader 2 printed, as block 8, line 12 behind line 7: some are missing between',
    doctor: (all) => all.readers[1]?.splice(1, 1)
  },
  'a reader that resumes starts with the next block that has not changed': {
    says: 'run 2 of reader 2 printed, as block 7, line 11 behind line 6: some are missing between',
    doctor: (all) => all.readers[1]?.splice(1, 1, done(printed(7, 11)))
  }
}

areNoticed(DOCTORED, restored)
