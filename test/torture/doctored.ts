import { test } from 'brittle'
import { check } from './check.ts'
import type { Disk, History, LineNumber, Mark, Print, ReaderRun, WriterRun } from './history.ts'

/** Histories that break the promise, by what is wrong, each with what has to be said of it. */
export type Doctored = Record<string, { says: string; doctor(history: History): unknown }>

/** What a run prints that begins with block `seq` and prints `lines`. */
export function printed(seq: number, ...lines: LineNumber[]): Print[] {
  return lines.map((line, i) => ({ seq: seq + i, line }))
}

/** A run of a reader that was killed or stopped after it had printed this. */
export function done(prints: Print[]): ReaderRun {
  return { prints, gone: [], leave: null, code: null, reachable: null }
}

/** A run of a writer whose disk holds the log of run `found[0]` up to length `found[1]`. */
export function run(found: number[], given: Partial<WriterRun>): WriterRun {
  return {
    first: 0,
    sent: 0,
    acknowledged: [],
    disk: disk(mark(found)),
    accepts: false,
    refused: false,
    witnesses: [],
    ...given
  }
}

export function disk(unnoticed: Mark | null, accepted = unnoticed): Disk {
  return { unnoticed, accepted }
}

export function mark([run, length]: number[]): Mark | null {
  return run === undefined || length === undefined ? null : { run, length }
}

/** Has a test look whether each of `doctored` is noticed in what `history` makes. */
export function areNoticed(doctored: Doctored, history: () => History): void {
  for (const [what, { says, doctor }] of Object.entries(doctored)) {
    test(`it is noticed when ${what}`, (t) => {
      const all = history()
      doctor(all)
      const found = check(all)
      t.ok(found.includes(says), found.join('; '))
    })
  }
}
