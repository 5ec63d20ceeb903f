import type { LineNumber, Print, ReaderRun } from './history.ts'
import type { Lineage } from './lineage.ts'

/** A reader saves its position after each run of blocks: it may print no more than one run again. */
const MAX_REPRINTED = 1024
const DONE = 0
const TIMED_OUT = 3

/** Every way in which what the reader `name` printed does not come to `log`. */
export function checkReader(
  name: string,
  runs: ReaderRun[],
  log: LineNumber[],
  lineage: Lineage
): string[] {
  const found: string[] = []
  // the log as the reader has shown it, and what of it the reader is about to show again
  const shown: LineNumber[] = []
  let again: Again | null = null
  for (const [i, run] of runs.entries()) {
    const where = `run ${i + 1} of ${name}`
    let printed: Print | null = null
    for (const print of run.prints) {
      const fault = printed ? goOn(print) : begin(print)
      if (fault !== null) {
        found.push(`${where} ${fault}`)
        return found
      }
      printed = print
    }
    const fault = leave(run)
    if (fault !== null) found.push(`${where} ${fault}`)
  }
  const wrong = shown.findIndex((line, seq) => line !== log[seq])
  if (wrong !== -1) {
    found.push(
      `${name} printed ${told(shown[wrong])} as block ${wrong}, and the log has ${told(log[wrong])}`
    )
  } else if (shown.length < log.length) {
    found.push(`${name} printed ${shown.length} of the ${log.length} blocks`)
  }
  return found

  function begin({ seq, line }: Print): string | null {
    const next = shown.length
    if (seq > next) return `began with block ${seq}, and ${next} was the next one`
    goBack(seq, next - seq > MAX_REPRINTED)
    return show(line)
  }

  function goOn({ seq, line }: Print): string | null {
    const next = shown.length
    if (seq > next || (seq < next && shown[seq] === line)) {
      return `printed block ${seq}, and ${next} was the next one`
    }
    goBack(seq, false)
    return show(line)
  }

  function goBack(seq: number, needsReason: boolean): void {
    const next = shown.length
    if (seq === next) return
    const rest = again?.lines.slice(next - again.seq) ?? []
    again = {
      seq,
      lines: [...shown.splice(seq), ...rest],
      needsReason: needsReason || (again?.needsReason ?? false)
    }
  }

  function show(line: LineNumber): string | null {
    const seq = shown.length
    const before = again?.lines[seq - again.seq]
    const objection = lineage.objection(shown, line)
    if (objection !== null) return `printed, as block ${seq}, ${objection}`
    shown.push(line)
    if (!again || before === undefined) return null
    if (line === before) {
      if (seq + 1 < again.seq + again.lines.length) return null
      const { needsReason } = again
      const first = again.seq
      again = null
      return needsReason ? `began with block ${first}, and ${seq + 1} was the next one` : null
    }
    again = null
    if (before === null || lineage.droppedSince(lineage.runOf(before))) return null
    return `printed line ${line} as block ${seq}, after line ${before}, and the log was never rewound`
  }

  function leave({ prints, leave, code, reachable }: ReaderRun): string | null {
    if (code === null) return null
    if (leave === null) return `ended with ${code} by itself`
    if (leave !== 'at the end') {
      const { length } = prints
      const fits = length === leave.after || (length > leave.after && isRewound(prints))
      return code === DONE && fits
        ? null
        : `ended with ${code} after ${length} of ${leave.after} blocks`
    }
    if (code !== DONE && code !== TIMED_OUT) return `ended with ${code} at the end of the log`
    if (reachable === null) return null
    if (code === TIMED_OUT) return `ended with ${code}, though the writer was there`
    return shown.length >= reachable
      ? null
      : `ended at block ${shown.length}, and the log had ${reachable}`
  }
}

/** Blocks from `seq` on that a reader has printed once, and has gone back over. */
interface Again {
  seq: number
  lines: LineNumber[]
  /** Whether this is too much to print again unless one of them is another one by now. */
  needsReason: boolean
}

function isRewound(prints: Print[]): boolean {
  return prints.some(({ seq }, i) => i > 0 && seq <= (prints[i - 1]?.seq ?? -1))
}

function told(line: LineNumber | undefined): string {
  if (line === undefined) return 'no such block'
  return line === null ? 'no whole line' : `line ${line}`
}
