import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { SEAL_LENGTH, seal, unseal } from './sealed.ts'
import { syncFolder } from './sync.ts'

const SLOT = 512
/** Far enough from each other that no disk writes both at once. */
const OFFSETS = [0, 4096]
const SIZE = 4096 + SLOT

/** What stands in a slot; the one with the higher serial number counts. */
type Slot<T> = T & { serial: number }

/**
 * A small file that holds one value. Two slots are written in turn, each with a checksum: what cuts a
 * write off in the middle of one leaves the other. A value is an object that JSON takes in less than
 * 400 bytes.
 */
export class Slots<T extends object> {
  readonly #file: string
  #fd: number | null = null
  #latest: Slot<T> | null = null
  #isDamaged = false
  #isClosed = false

  /** Reads the value in `file`, where there is one. */
  constructor(file: string) {
    this.#file = file
    if (!fs.existsSync(file)) return
    this.#fd = fs.openSync(file, 'r+')
    const bytes = b4a.alloc(SIZE)
    fs.readSync(this.#fd, bytes, 0, SIZE, 0)
    const slots = OFFSETS.map((offset) => bytes.subarray(offset, offset + SLOT))
    for (const slot of slots.map((slot) => decode<T>(slot))) {
      if (slot !== null && slot.serial > this.#serial) this.#latest = slot
    }
    // the very first write of all may have been torn
    const written = slots.every((slot) => slot.some((byte) => byte !== 0))
    this.#isDamaged = this.#latest === null && written
    // what is not as long as it will ever be is made anew
    if (this.#latest === null && !written) this.#release()
  }

  /** What was saved last; null where nothing was. */
  get value(): T | null {
    return this.#latest
  }

  /** Whether something was saved, and can't be told any more. */
  get isDamaged(): boolean {
    return this.#isDamaged
  }

  /**
   * Resolves once `value` would survive a power cut; without `sync`, the end of the process only. After the end
   * nothing is saved: the file may be another process's by then.
   */
  async save(value: T, { sync = true } = {}): Promise<void> {
    if (this.#isClosed) return
    this.#fd ??= create(this.#file)
    const slot = { ...value, serial: this.#serial + 1 }
    // the system takes so few bytes at once
    fs.writeSync(this.#fd, encode(slot), 0, SLOT, OFFSETS[slot.serial % 2])
    if (sync) await fs.fdatasync(this.#fd)
    this.#latest = slot
  }

  close(): void {
    this.#isClosed = true
    this.#release()
  }

  #release(): void {
    if (this.#fd !== null) fs.closeSync(this.#fd)
    this.#fd = null
  }

  get #serial(): number {
    return this.#latest?.serial ?? 0
  }
}

// as long as it will ever be: a disk that is full later has room for it
function create(file: string): number {
  const fd = fs.openSync(file, 'w+', 0o600)
  fs.writeSync(fd, b4a.alloc(SIZE), 0, SIZE, 0)
  fs.fsyncSync(fd)
  syncFolder(path.dirname(file))
  return fd
}

// JSON, spaces, the checksum of both, a line feed
function encode(value: object): Uint8Array {
  return b4a.from(seal(JSON.stringify(value).padEnd(SLOT - SEAL_LENGTH - 1)) + '\n')
}

function decode<T>(slot: Uint8Array): Slot<T> | null {
  const text = b4a.toString(slot)
  const json = text.endsWith('\n') ? unseal(text.slice(0, -1)) : null
  return json === null ? null : (JSON.parse(json) as Slot<T>)
}
