import { type Block, GONE, type Gone, type Print, type ReaderRun } from './history.ts'
import { type Lineage, agree } from './lineage.ts'

/** A reader saves its position after each run of blocks: it may print no more than one run again. */
const MAX_REPRINTED = 1024
const DONE = 0
const TIMED_OUT = 3

/** Every way in which what the reader `name` printed does not come to `log`. */
export function checkReader(
  name: string,
  runs: ReaderRun[],
  log: Block[],
  lineage: Lineage
): string[] {
  const found: string[] = []
  // the log as the reader has shown it, and what of it the reader is about to show again
  const shown: Block[] = []
  let again: Again | null = null
  for (const [i, run] of runs.entries()) {
    const where = `run ${i + 1} of ${name}`
    const gone = [...run.gone]
    let printed: Print | null = null
    let wentBack = false
    for (const print of run.prints) {
      // what is told to have gone counts as shown
      const follows = printed !== null && print.seq === printed.seq + 1
      const first = follows ? print.seq : takeUpTo(gone, print.seq)
      const fault = (printed ? goOn(first, print) : begin(first, print)) ?? show(first, print)
      if (fault !== null) {
        found.push(`${where} ${fault}`)
        return found
      }
      wentBack ||= printed !== null && first <= printed.seq
      printed = print
    }
    for (const fault of [leave(run, gone, wentBack), ...run.gone.map(wronglyGone)]) {
      if (fault !== null) found.push(`${where} ${fault}`)
    }
  }
  const wrong = shown.findIndex((block, seq) => !agree(block, log[seq]))
  if (wrong !== -1) {
    found.push(
      `${name} printed ${told(shown[wrong])} as block ${wrong}, and the log has ${told(log[wrong])}`
    )
  } else if (shown.length < log.length) {
    found.push(`${name} printed ${shown.length} of the ${log.length} blocks`)
  }
  return found

  function begin(first: number, { seq }: Print): string | null {
    const next = shown.length
    if (first > next) return `began with block ${seq}, and ${next} was the next one`
    const reprinted = shown.slice(first).filter((block) => block !== GONE)
    goBack(first, reprinted.length > MAX_REPRINTED)
    return null
  }

  function goOn(first: number, { seq, line }: Print): string | null {
    const next = shown.length
    if (first > next || (first < next && first === seq && shown[seq] === line)) {
      return `printed block ${seq}, and ${next} was the next one`
    }
    goBack(first, false)
    return null
  }

  function goBack(seq: number, needsReason: boolean): void {
    const next = shown.length
    if (seq === next) return
    const rest = again?.blocks.slice(next - again.seq) ?? []
    again = {
      seq,
      blocks: [...shown.splice(seq), ...rest],
      needsReason: needsReason || (again?.needsReason ?? false)
    }
  }

  function show(first: number, { seq, line }: Print): string | null {
    let fault: string | null = null
    for (let at = first; at < seq && fault === null; at++) fault = add(GONE)
    return fault ?? add(line)
  }

  function add(block: Block): string | null {
    const seq = shown.length
    const before = again?.blocks[seq - again.seq]
    const objection = block === GONE ? null : lineage.objection(shown, block)
    if (objection !== null) return `printed, as block ${seq}, ${objection}`
    shown.push(block)
    if (!again || before === undefined) return null
    const mayDiffer = typeof before === 'number' && lineage.droppedSince(lineage.runOf(before))
    if (agree(block, before)) {
      if (block === GONE && mayDiffer) again.needsReason = false
      if (seq + 1 < again.seq + again.blocks.length) return null
      const { needsReason } = again
      const first = again.seq
      again = null
      return needsReason ? `began with block ${first}, and ${seq + 1} was the next one` : null
    }
    again = null
    if (typeof before !== 'number' || mayDiffer) return null
    return `printed ${told(block)} as block ${seq}, after line ${before}, and the log was never rewound`
  }

  function leave(
    { prints, leave, code, reachable }: ReaderRun,
    gone: Gone[],
    wentBack: boolean
  ): string | null {
    if (code === null) return null
    if (leave === null) return `ended with ${code} by itself`
    if (leave !== 'at the end') {
      const { length } = prints
      const fits = length === leave.after || (length > leave.after && wentBack)
      return code === DONE && fits
        ? null
        : `ended with ${code} after ${length} of ${leave.after} blocks`
    }
    if (code !== DONE && code !== TIMED_OUT) return `ended with ${code} at the end of the log`
    if (reachable === null) return null
    if (code === TIMED_OUT) return `ended with ${code}, though the writer was there`
    const end = goneFrom(gone, shown.length)
    return end >= reachable ? null : `ended at block ${end}, and the log had ${reachable}`
  }
}

/** The first of the blocks that have gone right before block `seq`; what tells so is taken out of `gone`. */
function takeUpTo(gone: Gone[], seq: number): number {
  const last = gone.findIndex(({ start, end }) => start < end && end === seq)
  const [taken] = last === -1 ? [] : gone.splice(last, 1)
  return taken ? takeUpTo(gone, taken.start) : seq
}

/** Where the blocks end that have gone from block `seq` on. */
function goneFrom(gone: Gone[], seq: number): number {
  const next = gone.find(({ start, end }) => start <= seq && seq < end)
  return next ? goneFrom(gone, next.end) : seq
}

function wronglyGone({ end, keptFrom }: Gone): string | null {
  return end <= keptFrom ? null : `said that block ${end - 1} has gone, which was to be kept`
}

/** Blocks from `seq` on that a reader has shown once, and has gone back over. */
interface Again {
  seq: number
  blocks: Block[]
  /** Whether this is too much to print again unless one of them is another one by now. */
  needsReason: boolean
}

function told(block: Block | undefined): string {
  if (block === undefined) return 'no such block'
  if (block === GONE) return 'a block that has gone'
  return block === null ? 'no whole line' : `line ${block}`
}
