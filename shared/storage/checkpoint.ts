import b4a from 'b4a'
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import sodium from 'sodium-universal'
import { Failure } from '../errors.ts'
import { syncFolder } from './sync.ts'

/** What a log's writer vouched for: a log with this key had `length` blocks, on fork `fork`. */
export interface LogState {
  key: string
  fork: number
  length: number
  /** The start of the machine in which the log was open; empty once it has been closed. */
  boot: string
  /** Whether the writer's key has signed other blocks, elsewhere, with the numbers of some of these. */
  disputed?: boolean
}

/** What stands in a slot; the one with the higher serial number counts. */
interface Slot extends LogState {
  serial: number
}

const NONE: Slot = { key: '', fork: 0, length: 0, boot: '', serial: 0 }
/** Where Linux numbers its starts. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id'
let thisBoot = ''

const SLOT = 512
const SUM = 32
/** Far enough from each other that no disk writes both at once. */
const OFFSETS = [0, 4096]
const SIZE = 4096 + SLOT

/**
 * A small file beside a store that remembers the last acknowledged state of the log in it, so that
 * a log which comes back shorter, or as another one, is noticed. Two slots are written in turn, each
 * with a checksum: a power cut in the middle of one leaves the other.
 */
export class Checkpoint {
  readonly #file: string
  #fd: number | null = null
  #serial = 0
  state: LogState | null = null

  /** Reads the checkpoint in `file`, where there is one. Throws a Failure where it is damaged. */
  constructor(file: string) {
    this.#file = file
    if (!fs.existsSync(file)) return
    this.#fd = fs.openSync(file, 'r+')
    const bytes = b4a.alloc(SIZE)
    fs.readSync(this.#fd, bytes, 0, SIZE, 0)
    const slots = OFFSETS.map((offset) => bytes.subarray(offset, offset + SLOT))
    for (const slot of slots) {
      const { serial, ...state } = decode(slot) ?? NONE
      if (serial <= this.#serial) continue
      this.#serial = serial
      this.state = state
    }
    // the very first write of all may have been torn
    const written = slots.every((slot) => slot.some((byte) => byte !== 0))
    if (this.state === null && written) {
      this.close()
      throw new Failure(
        `${file} is damaged, so nobody can tell whether the log beside it is whole: put it back from a backup, or delete it to go on from the log as it is`
      )
    }
  }

  /** Resolves once `state` would survive a power cut. */
  async save(state: LogState): Promise<void> {
    this.#fd ??= create(this.#file)
    const serial = this.#serial + 1
    const slot = encode({ ...state, serial })
    // the system takes so few bytes at once
    fs.writeSync(this.#fd, slot, 0, SLOT, OFFSETS[serial % 2])
    await fs.fdatasync(this.#fd)
    this.#serial = serial
    this.state = state
  }

  close(): void {
    if (this.#fd !== null) fs.closeSync(this.#fd)
    this.#fd = null
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

// text, so that a person can read it: JSON, spaces, the hash of both in hex, a line feed
function encode(state: Slot): Uint8Array {
  const body = JSON.stringify(state).padEnd(SLOT - SUM * 2 - 1)
  return b4a.from(body + checksum(body) + '\n')
}

function decode(slot: Uint8Array): Slot | null {
  const text = b4a.toString(slot)
  const body = text.slice(0, SLOT - SUM * 2 - 1)
  return text === body + checksum(body) + '\n' ? (JSON.parse(body) as Slot) : null
}

function checksum(text: string): string {
  const sum = b4a.alloc(SUM)
  sodium.crypto_generichash(sum, b4a.from(text))
  return b4a.toString(sum, 'hex')
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
