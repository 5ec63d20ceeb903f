import fs from 'bare-fs'
import os from 'bare-os'
import { Failure } from '../errors.ts'
import { Slots } from './slots.ts'

/** What a log's writer vouched for: a log with this key had `length` blocks, on fork `fork`. */
export interface CheckpointState {
  key: string
  fork: number
  length: number
  /** The start of the machine in which the log was open; empty once it has been closed. */
  boot: string
  /** Whether the writer's key has signed other blocks, elsewhere, with the numbers of some of these. */
  disputed?: boolean
}

/** Where Linux numbers its starts. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id'
let thisBoot = ''

/**
 * A small file beside a store that remembers the last acknowledged state of the log in it, so that
 * a log which comes back shorter, or as another one, is noticed.
 */
export class Checkpoint {
  readonly #slots: Slots<CheckpointState>

  /** Reads the checkpoint in `file`, where there is one. Throws a Failure where it is damaged. */
  constructor(file: string) {
    this.#slots = new Slots(file)
    if (!this.#slots.isDamaged) return
    this.close()
    throw new Failure(
      `${file} is damaged, so nobody can tell whether the log beside it is whole: put it back from a backup, or delete it to go on from the log as it is`
    )
  }

  /** What was saved last; null where nothing was. */
  get state(): CheckpointState | null {
    return this.#slots.value
  }

  /** Resolves once `state` would survive a power cut. */
  save(state: CheckpointState): Promise<void> {
    return this.#slots.save(state)
  }

  close(): void {
    this.#slots.close()
  }
}

/**
 * Tells this start of the machine from every other one. Where the system does not number them, the
 * minute in which it started does; a wrong clock makes one start look like two, never two like one.
 */
export function bootId(): string {
  if (thisBoot === '') thisBoot = readBootId()
  return thisBoot
}

function readBootId(): string {
  // a container may have no /proc
  if (fs.existsSync(BOOT_ID)) return String(fs.readFileSync(BOOT_ID)).trim()
  return String(Math.round((Date.now() / 1000 - os.uptime()) / 60))
}
