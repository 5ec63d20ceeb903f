import type { History, LineNumber, Print, WriterRun } from './history.ts'

/** A reader saves its position after each run of blocks: it may print no more than one run again. */
const MAX_REPRINTED = 1024

/**
 * Every way in which `history` breaks the promise: what was acknowledged is in the log, whole and in
 * order; a line that was not may be missing, but only together with all that its run was given
 * after it; and each reader printed the log from its first block to its last, in order, each block
 * once but for those that a resumed reader may print again.
 */
export function check({ writer, readers, log }: History): string[] {
  return [
    ...checkLog(log, writer),
    ...checkAcknowledged(log, writer),
    ...readers.flatMap((runs, i) => [...checkReader(`reader ${i + 1}`, runs, log)])
  ]
}

function* checkLog(log: LineNumber[], runs: WriterRun[]): Generator<string> {
  const firsts = new Set(runs.map(({ first }) => first))
  let last = -1
  for (const [seq, line] of log.entries()) {
    if (line === null) {
      yield `block ${seq} of the log, behind line ${last}, is no whole line`
      // which one it was meant to be, nobody can tell
      last = (log[seq + 1] ?? last + 2) - 1
      continue
    }
    const run = runOf(line, runs)
    if (run === undefined) yield `block ${seq} of the log is line ${line}, which was never sent`
    else if (line <= last) yield `block ${seq} of the log is line ${line} behind line ${last}`
    else if (line !== last + 1 && !firsts.has(line)) {
      yield `block ${seq} of the log is line ${line} behind line ${last}: some are missing between`
    }
    last = line
  }
}

function* checkAcknowledged(log: LineNumber[], runs: WriterRun[]): Generator<string> {
  let last = 0
  for (const [i, run] of runs.entries()) {
    for (const length of run.acknowledged) {
      if (length <= last) yield `length ${length} was acknowledged after ${last}`
      last = length
      const line = log[length - 1]
      if (line === undefined) {
        yield `length ${length} was acknowledged, and the log has ${log.length} blocks`
      } else if (line !== null && runOf(line, runs) !== run) {
        yield `length ${length} was acknowledged by run ${i + 1} of the writer, which was not given the line there, ${line}`
      }
    }
  }
}

function* checkReader(name: string, runs: Print[][], log: LineNumber[]): Generator<string> {
  let next = 0
  for (const [i, prints] of runs.entries()) {
    const where = `run ${i + 1} of ${name}`
    const { seq: first } = prints[0] ?? { seq: next }
    if (first > next || first < next - MAX_REPRINTED) {
      yield `${where} began with block ${first}, and ${next} was the next one`
    }
    for (const [at, { seq, line }] of prints.entries()) {
      const stored = log[seq]
      if (seq !== first + at) {
        yield `${where} printed block ${seq}, and ${first + at} was the next one`
      } else if (stored !== line || line === null) {
        yield `${where} printed ${told(line)} as block ${seq}, and the log has ${told(stored)}`
      } else continue
      // what follows would only say the same again
      break
    }
    next = Math.max(next, first + prints.length)
  }
  if (next < log.length) yield `${name} printed ${next} of the ${log.length} blocks`
}

function told(line: LineNumber | undefined): string {
  if (line === undefined) return 'no such block'
  return line === null ? 'no whole line' : `line ${line}`
}

function runOf(line: number, runs: WriterRun[]): WriterRun | undefined {
  return runs.find(({ first, sent }) => first <= line && line < first + sent)
}
