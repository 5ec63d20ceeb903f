import {
  type Block,
  type Disk,
  GONE,
  type LineNumber,
  type Mark,
  type Witness,
  type WriterRun
} from './history.ts'

/**
 * What the runs of a writer permit a log to be. A line is given to one run only, and a run appends
 * its lines one after the other behind what it found. So along every log that ever was the numbers
 * grow, and a number is missing only where another run went on.
 */
export interface Lineage {
  /** The number of the run that was given `line`; -1 where none was. */
  runOf(line: number): number
  /** Why a log that begins with `blocks` can't have `line` next; null where it can. */
  objection(blocks: Block[], line: LineNumber): string | null
  /** Whether the log, in the life of a run after `run`, may have dropped what that one had. */
  droppedSince(run: number): boolean
  /** Whether the log `blocks` holds what `mark` stands for. */
  holds(blocks: Block[], mark: Mark): boolean
  /** What the log of run `run` must hold of what came before. */
  kept(run: number): Kept[]
  /** The last state of the log that was acknowledged before run `run`. */
  acknowledgedBefore(run: number): Mark | null
  /** What `witness` of run `run` shows the log to have been; null where that may have been dropped. */
  shown(run: number, witness: Witness): Mark | null
}

/** What a run must not lose, and why. */
export interface Kept extends Mark {
  why: string
}

/** The block with which a run began to append; null where it acknowledged nothing. */
export function startOf({ acknowledged: [first] }: WriterRun): number | null {
  return first === undefined ? null : first - 1
}

/** How many lines a run acknowledged. */
export function acknowledgedBy({ acknowledged }: WriterRun): number {
  const [first = 1] = acknowledged
  return (acknowledged.at(-1) ?? first - 1) - first + 1
}

/** How many blocks the log has had at most. */
export function longestOf(runs: WriterRun[]): number {
  return runs.reduce((most, run) => Math.max(most, (startOf(run) ?? most) + run.sent), 0)
}

/** The first block that the log is sure to have after `runs`, each of which keeps the last `keep`. */
export function keptFrom(runs: WriterRun[], keep: number): number {
  let first = 0
  for (const [i, run] of runs.entries()) {
    const start = startOf(run)
    const length = start === null ? longestOf(runs.slice(0, i + 1)) : start + run.sent
    first = Math.max(Math.min(first, start ?? first), length - keep)
  }
  return first
}

/** Whether both may be one block: of one that has gone nothing is known. */
export function agree(a: Block | undefined, b: Block | undefined): boolean {
  return a === b || a === GONE || b === GONE
}

export function isSame(a: Mark | null, b: Mark | null): boolean {
  return a?.run === b?.run && a?.length === b?.length
}

/**
 * What is sure to be left of `mark` where the write-ahead log is damaged: what the run found on its disk,
 * and not what it had from readers where more had been there before.
 */
export function withoutWal(mark: Mark | null, runs: WriterRun[]): Mark | null {
  const run = mark && runs[mark.run]
  const start = run ? startOf(run) : null
  if (!mark || !run || start === null) return null
  const found = Math.min(mark.length, start)
  const { accepted } = run.disk
  return (accepted?.length ?? 0) < found ? accepted : { run: mark.run, length: found }
}

/** What a disk holds that no fault has harmed: all that was acknowledged. */
export function intact(runs: WriterRun[]): Disk {
  const mark = lastMark(runs, runs.length)
  return { unnoticed: mark, accepted: mark }
}

export function lineageOf(runs: WriterRun[]): Lineage {
  // the number of the last run at or before each one that may have dropped something; -1 for none
  let dropping = -1
  const lastDropping = runs.map(({ accepts, disk }, i) => {
    const acknowledged = lastMark(runs, i)
    const whole = isSame(disk.unnoticed, acknowledged) && isSame(disk.accepted, acknowledged)
    if (accepts || !whole) dropping = i
    return dropping
  })
  const all: Lineage = {
    runOf(line) {
      let [low, high] = [0, runs.length]
      while (low < high) {
        const middle = (low + high) >> 1
        if ((runs[middle]?.first ?? 0) <= line) low = middle + 1
        else high = middle
      }
      const { first, sent } = runs[low - 1] ?? { first: 0, sent: 0 }
      return line < first + sent ? low - 1 : -1
    },
    droppedSince: (run) => dropping > run,
    acknowledgedBefore: (run) => lastMark(runs, run),
    holds(blocks, mark) {
      const { length } = mark
      const run = runs[mark.run]
      const start = run ? startOf(run) : null
      if (!run || start === null || length === 0) return true
      if (blocks.length < length) return false
      const last = lastKnown(blocks, length)
      if (last >= start) return blocks[last] === run.first + last - start
      return all.kept(mark.run).every((kept) => all.holds(blocks, kept))
    },
    kept(run) {
      const { accepts, disk, witnesses } = runs[run] as WriterRun
      const left = accepts ? disk.accepted : disk.unnoticed
      const kept = left ? [{ ...left, why: `which had to keep ${left.length} blocks` }] : []
      if (accepts) return kept
      const shown = witnesses.flatMap((witness) => {
        const mark = all.shown(run, witness)
        return mark
          ? [{ ...mark, why: `though ${witness.reader} was there with ${mark.length}` }]
          : []
      })
      return [...kept, ...shown]
    },
    shown(run, { tip: { seq, line } }) {
      const from = line === null ? -1 : all.runOf(line)
      if (from === -1 || from >= run) return null
      for (let i = from + 1; i < run; i++) {
        if (lastDropping[i] !== i) continue
        const { accepts, disk } = runs[i] as WriterRun
        const left = accepts ? disk.accepted : disk.unnoticed
        const start = startOf(runs[i] as WriterRun)
        const after = left === null || from > left.run || (from === left.run && seq >= left.length)
        if (after || start === null || start <= seq) return null
      }
      // what was not acknowledged may be lost together with what was
      const acknowledged = runs[from]?.acknowledged.at(-1)
      return acknowledged === undefined
        ? null
        : { run: from, length: Math.min(seq + 1, acknowledged) }
    },
    objection(blocks, line) {
      if (line === null) return 'no whole line'
      const at = all.runOf(line)
      const run = runs[at]
      if (!run) return `line ${line}, which was never sent`
      const known = lastKnown(blocks, blocks.length)
      const last = known === -1 ? -1 : (blocks[known] as LineNumber)
      const follows = known === blocks.length - 1
      const start = startOf(run)
      if (last !== null) {
        if (line <= last) return `line ${line} behind line ${last}`
        const isForeign = start !== null && known >= start && last !== run.first + known - start
        if (isForeign || (follows && line !== last + 1 && line !== run.first)) {
          return `line ${line} behind line ${last}: some are missing between`
        }
      }
      const seq = start === null ? blocks.length : start + line - run.first
      if (seq !== blocks.length) return `line ${line}, which was acknowledged as block ${seq}`
      if (follows && line !== run.first) return null
      // a backup from before a loss that was agreed to: a reader gives back the log from after it
      const from = last === null ? -1 : all.runOf(last)
      const isLater = (kept: Kept): boolean => (lastDropping[from] ?? -1) > kept.run
      const lost = all.kept(at).find((kept) => !isLater(kept) && !all.holds(blocks, kept))
      return lost ? `line ${line} of run ${at + 1} of the writer, ${lost.why}` : null
    }
  }
  return all
}

// the last of the first `length` blocks that has not gone; -1 for none
function lastKnown(blocks: Block[], length: number): number {
  let last = length - 1
  while (blocks[last] === GONE) last--
  return last
}

function lastMark(runs: WriterRun[], before: number): Mark | null {
  for (let run = before - 1; run >= 0; run--) {
    const length = runs[run]?.acknowledged.at(-1)
    if (length !== undefined) return { run, length }
  }
  return null
}
