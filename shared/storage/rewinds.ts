import fs from 'bare-fs'
import type { Hypercore } from 'hypercore'
import { unlessMissing } from '../errors.ts'
import { seal, unseal } from './sealed.ts'

/** A log was rewound: as it is on fork `to` it has the first `length` blocks of what it was on `from`. */
interface Taken {
  from: number
  to: number
  length: number
}

/**
 * What rewinds of a log were taken on this machine, in whichever process: a file to which each of them
 * appends. It may name a rewind twice, and a line that is damaged is left out.
 */
export class Rewinds {
  readonly #file: string

  /** Notes in `file` every rewind that `core` takes from now on. */
  constructor(file: string, core: Hypercore) {
    this.#file = file
    let { fork } = core
    core.on('truncate', (length, to) => {
      this.#note({ from: fork, to, length })
      fork = to
    })
  }

  /**
   * How many of its first blocks the log as it was on fork `from` has in common with what it is on fork
   * `to`: at least so many, and 0 where that can't be told.
   */
  common(from: number, to: number): number {
    const common = new Map([[from, Infinity]])
    // every way from one fork to another leads up
    for (const rewind of this.#all().sort((a, b) => a.from - b.from)) {
      const kept = Math.min(common.get(rewind.from) ?? 0, rewind.length)
      common.set(rewind.to, Math.max(common.get(rewind.to) ?? 0, kept))
    }
    return common.get(to) ?? 0
  }

  // a copy with nothing in common, as a new one of a log that has forked, tells no more than no line at all
  #note(rewind: Taken): void {
    if (rewind.length === 0) return
    const fd = openToAppend(this.#file)
    // there is no position that it could matter to
    if (fd === null) return
    try {
      // what a power cut has left of the last line ends before this one
      fs.writeSync(fd, `\n${seal(JSON.stringify(rewind))}\n`)
      fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
  }

  #all(): Taken[] {
    return textOf(this.#file)
      .split('\n')
      .flatMap((line) => {
        const json = unseal(line)
        return json ? [JSON.parse(json) as Taken] : []
      })
  }
}

/** null where its folder is missing. */
function openToAppend(file: string): number | null {
  return unlessMissing(() => fs.openSync(file, 'a', 0o600), null)
}

function textOf(file: string): string {
  return unlessMissing(() => String(fs.readFileSync(file)), '')
}
