/** The number of the line that a block carries; null where it is no whole line. */
export type LineNumber = number | null

/** What stands for a block that is kept no longer. */
export const GONE = 'gone'
export type Block = LineNumber | typeof GONE

/** The log as one run of the writer had it, up to `length` blocks. */
export interface Mark {
  /** The number of the run, from 0 on. */
  run: number
  length: number
}

/** What a writer's disk is sure to hold when a run begins; null stands for nothing. */
export interface Disk {
  /** What is left where the writer has no means of its own to notice that more is missing. */
  unnoticed: Mark | null
  /** What is left once a person has agreed, by --accept-loss, to lose what is missing. */
  accepted: Mark | null
}

/** A reader that was undisturbed from before a run of the writer began until the run appended. */
export interface Witness {
  reader: string
  /** The last block that it had printed before the run began. */
  tip: Print
  /** The first of those up to there that it is sure to hold. */
  first: number
}

/** What one run of the writer was given, and what it acknowledged. */
export interface WriterRun {
  /** The number of the first line that was written to it. */
  first: number
  /** How many lines were written to it. */
  sent: number
  /** The lengths of the log that it acknowledged, as they came; the first is that of its first line. */
  acknowledged: number[]
  disk: Disk
  /** Whether it was started with --accept-loss. */
  accepts: boolean
  /** Whether it would not append to the log as it is. */
  refused: boolean
  witnesses: Witness[]
}

/** A block that a reader printed. */
export interface Print {
  seq: number
  line: LineNumber
}

/** Blocks from `start` to before `end` of which a reader was told that nobody has them any more. */
export interface Gone {
  start: number
  end: number
  /** No block from this one on may have gone by then. */
  keptFrom: number
}

/** How a reader was told to leave by itself: after so many blocks, or at the end of the log. */
export type Leave = { after: number } | 'at the end'

/** What one run of a reader printed. */
export interface ReaderRun {
  prints: Print[]
  gone: Gone[]
  leave: Leave | null
  /** Its exit code where it ended by itself. */
  code: number | null
  /** The length that was acknowledged before the run began by a writer that was undisturbed until it ended. */
  reachable: number | null
}

/** All that was seen of a log from outside, and what is on disk in the end. */
export interface History {
  writer: WriterRun[]
  /** One element for each reader: its runs. */
  readers: ReaderRun[][]
  /** One element for each block of the writer's log. */
  log: Block[]
  /** How many blocks the writer keeps; Infinity for all. */
  keep: number
}
