/** The number of the line that a block carries; null where it is no whole line. */
export type LineNumber = number | null

/** What one run of the writer was given, and what it acknowledged. */
export interface WriterRun {
  /** The number of the first line that was written to it. */
  first: number
  /** How many lines were written to it. */
  sent: number
  /** The lengths of the log that it acknowledged, as they came. */
  acknowledged: number[]
}

/** A block that a reader printed. */
export interface Print {
  seq: number
  line: LineNumber
}

/** All that was seen of a log from outside, and what is on disk in the end. */
export interface History {
  writer: WriterRun[]
  /** One element for each reader: what each of its runs printed. */
  readers: Print[][][]
  /** One element for each block of the writer's log. */
  log: LineNumber[]
}
