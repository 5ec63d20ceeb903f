import b4a from 'b4a'
import fs from 'bare-fs'
import os from 'bare-os'
import process from 'bare-process'
import type { Writable } from 'bare-stream'
import { codeOf } from '../errors.ts'

const { S_IFBLK, S_IFCHR, S_IFIFO, S_IFMT, S_IFREG } = fs.constants
const NULL_DEVICE = os.platform() === 'win32' ? '\\\\.\\nul' : '/dev/null'

/**
 * Whether the process was given stdin, stdout and stderr. Where one was closed (`>&-`), the runtime
 * has opened something of its own under that number, and to read, write or close it breaks the
 * runtime. Asked once: what ends later, as stdin does, leaves its number to the next file.
 */
const given: boolean[] = []
for (const fd of [0, 1, 2]) given.push(wasGiven(fd))

// a number that is still free would go to a file of the store
for (const fd of [0, 1, 2]) if (statOf(fd) === null) fs.openSync(NULL_DEVICE, 'r+')

// The first that libuv opens is what it waits with, which is of no type on Linux (epoll, io_uring) and
// a nameless FIFO on macOS (kqueue); then come the two ends of a pipe, of which the first is read only.
function wasGiven(fd: number): boolean {
  const stat = statOf(fd)
  const type = typeOf(stat)
  if (stat === null || type === 0) return false
  if (type !== S_IFIFO || os.platform() === 'win32') return true
  if (stat.ino === 0) return false
  if (fd > 0 && !isWritable(fd)) return false
  return fd < 2 || given[1] === true || stat.ino !== statOf(1)?.ino
}

/** What `fd` stands for; null where that is nothing. */
function statOf(fd: number): fs.Stats | null {
  try {
    return fs.fstatSync(fd)
  } catch (err) {
    if (codeOf(err) === 'EBADF') return null
    throw err
  }
}

function typeOf(stat: fs.Stats | null): number {
  return stat === null ? 0 : stat.mode & S_IFMT
}

function isWritable(fd: number): boolean {
  try {
    fs.writeSync(fd, new Uint8Array(0), 0, 0)
    return true
  } catch (err) {
    return codeOf(err) !== 'EBADF'
  }
}

/** The stream of stdin; null where it was closed before the process began. */
export function openInput(): typeof process.stdin | null {
  return given[0] === true ? process.stdin : null
}

/** Nobody takes what is written: the stream was closed before the process began. */
export class ClosedError extends Error {}

/** stdout or stderr. */
export class Output {
  /** Whether it was closed before the process began. */
  readonly isClosed: boolean
  readonly isTerminal: boolean
  readonly #fd: 1 | 2
  readonly #stream: Writable | null
  #isBroken = false
  #written: Promise<boolean> = Promise.resolve(true)
  #onerror: (err: unknown) => void

  /** `onerror` is told what keeps it from being written, once. */
  constructor(fd: 1 | 2, onerror: (err: unknown) => void) {
    this.#fd = fd
    this.#onerror = onerror
    this.isClosed = given[fd] !== true
    const stream = this.isClosed ? null : fd === 1 ? process.stdout : process.stderr
    this.isTerminal = stream !== null && 'isTTY' in stream && stream.isTTY === true
    const type = typeOf(statOf(fd))
    const isFile = type === S_IFREG || type === S_IFBLK || (type === S_IFCHR && !this.isTerminal)
    // the stream of a file takes a part that was written for the whole, and closes the number after
    // an error, so that the next file of the store would get it
    this.#stream = isFile ? null : stream
    this.#stream?.on('error', (err) => this.#break(err))
  }

  /** How wide the terminal is, in characters. */
  get columns(): number {
    const stream = this.#stream
    // a terminal that nobody looks at may have no width
    return (stream !== null && 'columns' in stream && Number(stream.columns)) || 80
  }

  /** Resolves once the system has taken all of `data`: to false where it never will. */
  write(data: Uint8Array | string): Promise<boolean> {
    const bytes = typeof data === 'string' ? b4a.from(data) : data
    this.#written =
      this.#stream === null
        ? this.#written.then(() => this.#writeFile(bytes))
        : this.#writeStream(this.#stream, bytes)
    return this.#written
  }

  /** Resolves once everything that was written so far has been taken, or never will be. */
  async settled(): Promise<void> {
    await this.#written
  }

  async #writeFile(bytes: Uint8Array): Promise<boolean> {
    try {
      if (this.isClosed) throw new ClosedError()
      for (let start = 0; start < bytes.byteLength && !this.#isBroken; ) {
        start += await fs.write(this.#fd, bytes, start, bytes.byteLength - start)
      }
    } catch (err) {
      this.#break(err)
    }
    return !this.#isBroken
  }

  #writeStream(stream: Writable, bytes: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => {
      // it is told so too where the write has failed
      if (this.#isBroken || stream.destroying) resolve(false)
      else stream.write(bytes, () => resolve(!stream.destroying))
    })
  }

  #break(err: unknown): void {
    if (this.#isBroken) return
    this.#isBroken = true
    this.#onerror(err)
  }
}
