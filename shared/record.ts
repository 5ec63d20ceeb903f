import b4a from 'b4a'
import fs from 'bare-fs'
import sodium from 'sodium-universal'

/** What a log's writer vouched for: a log with this key had `length` blocks, on fork `fork`. */
export interface LogState {
  key: string
  fork: number
  length: number
}

const SLOT = 256
const SUM = 32

/**
 * A small file beside a store that remembers the last acknowledged state of the log in it, so that
 * a log which comes back shorter, or as another one, is noticed. Two slots are written in turn, each
 * with a checksum: a power cut in the middle of one leaves the other.
 */
export class Record {
  readonly #fd: number
  #next = 0
  state: LogState | null = null

  /** Opens the record at `file`, which it makes where there is none. */
  constructor(file: string) {
    this.#fd = fs.openSync(file, fs.existsSync(file) ? 'r+' : 'w+', 0o600)
    const bytes = b4a.alloc(SLOT * 2)
    fs.readSync(this.#fd, bytes, 0, bytes.byteLength, 0)
    for (const [slot, offset] of [0, SLOT].entries()) {
      const state = decode(bytes.subarray(offset, offset + SLOT))
      // a slot may be older, by length or by fork, but only the newer one counts
      if (state && (!this.state || isNewer(state, this.state))) {
        this.state = state
        this.#next = 1 - slot
      }
    }
  }

  /** Resolves once `state` would survive a power cut. */
  async save(state: LogState): Promise<void> {
    const slot = encode(state)
    await fs.write(this.#fd, slot, 0, slot.byteLength, this.#next * SLOT)
    await fs.fdatasync(this.#fd)
    this.#next = 1 - this.#next
    this.state = state
  }

  close(): void {
    fs.closeSync(this.#fd)
  }
}

function isNewer(a: LogState, b: LogState): boolean {
  return a.fork === b.fork ? a.length > b.length : a.fork > b.fork
}

// text, so that a person can read it: JSON, spaces, the hash of both in hex, a line feed
function encode(state: LogState): Uint8Array {
  const body = JSON.stringify(state).padEnd(SLOT - SUM * 2 - 1)
  return b4a.from(body + checksum(body) + '\n')
}

function decode(slot: Uint8Array): LogState | null {
  const text = b4a.toString(slot)
  const body = text.slice(0, SLOT - SUM * 2 - 1)
  return text === body + checksum(body) + '\n' ? (JSON.parse(body) as LogState) : null
}

function checksum(text: string): string {
  const sum = b4a.alloc(SUM)
  sodium.crypto_generichash(sum, b4a.from(text))
  return b4a.toString(sum, 'hex')
}
