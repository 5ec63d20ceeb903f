/** Blocks of a log in order, as it is on `fork`: `blocks[0]` is block `seq`. */
export interface Blocks {
  seq: number
  blocks: Uint8Array[]
  fork: number
}

/** The writer truncated its log: what follows, from block `rewindTo` on, replaces what came before. */
interface Rewind {
  rewindTo: number
}

/** Blocks from `start` to before `end` that nobody keeps any more: what follows comes next. */
export interface Gone {
  gone: { start: number; end: number }
}

export type Step = Blocks | Rewind | Gone
