import os from 'bare-os'
import type { Writable } from 'bare-stream'
import { type Subprocess, spawn } from 'bare-subprocess'
import { now } from '../../shared/limits/clock.ts'
import type { Scope } from './scope.ts'

/** A program that says nothing for this long while it is waited for has failed. */
const SILENT_MS = 180_000
/** A program that does not end for this long after SIGTERM is killed. */
const STOP_MS = 5000

const interruptions = new Set<(err: Interruption) => void>()
let interruption: Interruption | null = null

/** Thrown where a program is waited for when the bench is to end early, with exit code `code`. */
export class Interruption extends Error {
  readonly code: number

  constructor(code: number) {
    super('interrupted')
    this.code = code
  }
}

/** Ends all waiting for programs, so that every scope is closed on the way out. */
export function interrupt(code: number): void {
  interruption ??= new Interruption(code)
  for (const end of interruptions) end(interruption)
}

/** A child process whose output is watched as it comes. */
export class Program {
  /** When it was started. */
  readonly startedAt = now()
  readonly #name: string
  readonly #child: Subprocess
  readonly #checks = new Set<() => void>()
  #received = 0
  #silent = false
  #stdout = ''
  #stderr = ''

  /** Starts `command`; where `text` is set, stdout is kept as text that can be waited for. */
  constructor(scope: Scope, name: string, command: string[], { text = false } = {}) {
    const [file = '', ...args] = command
    this.#name = name
    this.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    scope.defer(() => this.stop())
    this.#child.stdout?.on('data', (chunk) => {
      this.#received += (chunk as Uint8Array).byteLength
      if (text) this.#stdout += String(chunk)
      this.#check()
    })
    this.#child.stderr?.on('data', (chunk) => {
      this.#stderr += String(chunk)
      this.#check()
    })
    this.#child.stdout?.on('close', () => {
      this.#silent = true
      this.#check()
    })
    this.#child.on('exit', () => this.#check())
    // a child that has gone is noticed by its exit
    this.#child.stdin?.on('error', () => {})
  }

  /** What stdout has brought so far. */
  get bytes(): number {
    return this.#received
  }

  get pid(): number {
    return this.#child.pid
  }

  // what it wrote last may come after its exit
  get #ended(): boolean {
    return this.#exited && this.#silent
  }

  get #exited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Resolves to the time at which stdout has brought `bytes` in all. */
  received(bytes: number): Promise<number> {
    return this.#until(`${bytes} bytes`, () => (this.#received >= bytes ? now() : null))
  }

  /** Resolves to the time at which stderr has said `text`. */
  said(text: string): Promise<number> {
    return this.#until(`'${text}'`, () => (this.#stderr.includes(text) ? now() : null))
  }

  /** Takes lines off stdout until one matches, and resolves to that match. */
  line(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until(String(pattern), () => {
      for (let end = this.#stdout.indexOf('\n'); end !== -1; end = this.#stdout.indexOf('\n')) {
        const match = pattern.exec(this.#stdout.slice(0, end))
        this.#stdout = this.#stdout.slice(end + 1)
        if (match) return match
      }
      return null
    })
  }

  /** Writes to stdin, no faster than the program reads. */
  async write(chunks: Iterable<Uint8Array | string>): Promise<void> {
    const stdin: Writable | null = this.#child.stdin
    for (const chunk of chunks) {
      if (stdin?.write(chunk) !== false) continue
      await new Promise<void>((resolve) => stdin.once('drain', () => resolve()))
    }
  }

  /** Resolves to the exit code once the program has ended by itself. */
  ended(): Promise<number> {
    return this.#until('its end', () => (this.#ended ? this.#child.exitCode : null))
  }

  /** Resolves once the program has ended by itself, with success. */
  async done(): Promise<void> {
    const code = await this.ended()
    if (code !== 0) throw new Error(`${this.#name} ended with ${code}\n${this.#stderr}`)
  }

  /** Ends the program, gracefully while it can. */
  async stop(): Promise<void> {
    if (this.#exited) return
    const ended = new Promise<void>((resolve) => this.#child.on('exit', () => resolve()))
    this.#child.kill()
    const killing = setTimeout(() => os.kill(this.pid, 'SIGKILL'), STOP_MS)
    await ended
    clearTimeout(killing)
  }

  #check(): void {
    for (const check of this.#checks) check()
  }

  #until<T>(what: string, look: () => T | null): Promise<T> {
    const found = new Promise<T>((resolve, reject) => {
      let timer: Timer | null = null
      const settle = (end: () => void): void => {
        this.#checks.delete(check)
        interruptions.delete(interrupted)
        if (timer) clearTimeout(timer)
        end()
      }
      const fail = (why: string): void => {
        const message = `${this.#name} ${why} while ${what} was awaited\n${this.#stderr}`
        settle(() => reject(new Error(message)))
      }
      const interrupted = (err: Interruption): void => settle(() => reject(err))
      const check = (): void => {
        const value = look()
        if (value !== null) return settle(() => resolve(value))
        if (this.#ended) return fail('has ended')
        if (timer) clearTimeout(timer)
        timer = setTimeout(() => fail(`has said nothing for ${SILENT_MS / 1000} s`), SILENT_MS)
      }
      if (interruption) return reject(interruption)
      interruptions.add(interrupted)
      this.#checks.add(check)
      check()
    })
    // one that is awaited later must not end the benchmark before its scopes are closed
    found.catch(() => {})
    return found
  }
}
