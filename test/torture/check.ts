import { checkReader } from './check-reader.ts'
import { type Block, GONE, type History, type WriterRun } from './history.ts'
import { type Lineage, isSame, keptFrom, lineageOf, startOf } from './lineage.ts'

/** A writer that has lost blocks is met by readers that know better, one after the other. */
const MOST_REFUSALS = 3

/**
 * Every way in which `history` breaks the promise.
 *
 * - What was acknowledged and is to be kept is in the log, whole and in order. A line that was not may be
 *   missing, but only together with all that its run was given after it.
 * - A writer whose write-ahead log was damaged takes the lost blocks back from a reader that holds
 *   them, or refuses to go on. So does one that was put back from a backup, where a reader with
 *   later blocks is there; with no reader there it can't know, and loses what came after the backup.
 *   With --accept-loss a writer loses no more than what its disk has lost.
 * - Each reader printed the log from its first block to its last, in order, each block once but for
 *   those that a resumed reader may print again, and those that the writer was not to keep, of which
 *   the reader was told that nobody has them any more. Where the log was rewound, it went on with the
 *   first block that is another one.
 * - A reader that was to leave by itself did so at the right block.
 */
export function check(history: History): string[] {
  const { writer, readers, log } = history
  const lineage = lineageOf(writer)
  return [
    ...checkLog(history, lineage),
    ...writer.flatMap((run, i) => [...checkRun(run, i, lineage)]),
    ...checkRefusals(writer, lineage),
    ...readers.flatMap((runs, i) => [...checkReader(`reader ${i + 1}`, runs, log, lineage)])
  ]
}

function* checkLog({ log, keep, writer: runs }: History, lineage: Lineage): Generator<string> {
  const kept = keptFrom(runs, keep)
  const blocks: Block[] = []
  for (const [seq, line] of log.entries()) {
    if (line !== GONE) {
      const objection = lineage.objection(blocks, line)
      if (objection !== null) yield `block ${seq} of the log is ${objection}`
    } else if (seq >= kept) yield `block ${seq} of the log has gone, and was to be kept`
    blocks.push(line)
  }
  const last = lineage.acknowledgedBefore(runs.length)
  if (last === null) return
  if (last.length > log.length) {
    yield `length ${last.length} was acknowledged, and the log has ${log.length} blocks`
  } else if (!lineage.holds(log, last)) {
    yield `length ${last.length} was acknowledged by run ${last.run + 1} of the writer, which was not given the line there, ${log[last.length - 1]}`
  }
}

function* checkRun(run: WriterRun, i: number, lineage: Lineage): Generator<string> {
  const start = startOf(run)
  if (start === null) return
  const name = `run ${i + 1} of the writer`
  let last = 0
  for (const length of run.acknowledged) {
    if (length <= last) yield `length ${length} was acknowledged after ${last}`
    if (length > start + run.sent) {
      yield `length ${length} was acknowledged by ${name}, which went on from block ${start} and was given ${run.sent} lines`
    }
    last = length
  }
  for (const { length, why } of lineage.kept(i)) {
    if (length > start) yield `${name} went on from block ${start}, ${why}`
  }
}

function* checkRefusals(runs: WriterRun[], lineage: Lineage): Generator<string> {
  let [losses, refusals] = [0, 0]
  for (const [i, { disk, accepts, refused, witnesses }] of runs.entries()) {
    const acknowledged = lineage.acknowledgedBefore(i)
    const lost = !isSame(disk.accepted, acknowledged)
    const before = runs[i - 1]
    const goesOn = before?.acknowledged.length === 0 && isSame(disk.accepted, before.disk.accepted)
    if (lost && !goesOn) {
      losses++
      refusals = 0
    }
    if (!refused) continue
    const name = `run ${i + 1} of the writer`
    if (losses === 0) yield `${name} refused to go on, though its disk had lost nothing`
    refusals++
    if (refusals > MOST_REFUSALS) yield `${name} refused to go on, after ${refusals - 1} more`
    if (accepts || !lost || !isSame(disk.unnoticed, acknowledged)) continue
    const all = witnesses.find((witness) => {
      // what leads from this log to there is needed too
      if (witness.first > (disk.accepted?.length ?? 0)) return false
      return (lineage.shown(i, witness)?.length ?? 0) >= (acknowledged?.length ?? 0)
    })
    if (all) yield `${name} refused to go on, though ${all.reader} held all that it had lost`
  }
}
