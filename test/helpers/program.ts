import os from 'bare-os'
import path from 'bare-path'
import process from 'bare-process'
import type { Writable } from 'bare-stream'
import { type Subprocess, spawn } from 'bare-subprocess'
import { type Test, configure } from 'brittle'
import { codeOf } from '../../shared/errors.ts'
import { Capture } from './capture.ts'
import { inWords } from './in-words.ts'
import { TEST_MS } from './limits.ts'

configure({ timeout: TEST_MS })

/** How a process ended: its exit code, or the name of the signal that ended it. */
export type Ending = number | string

type Signal =
  | 'SIGUSR1'
  | 'SIGUSR2'
  | 'SIGHUP'
  | 'SIGINT'
  | 'SIGTERM'
  | 'SIGKILL'
  | 'SIGSTOP'
  | 'SIGCONT'

export interface ProgramOptions {
  env?: Record<string, string>
  cwd?: string
  /** Leaves stdout alone, as a consumer does that has stalled. */
  stalled?: boolean
}

/** A process that ends, at the latest, with the test that started it. */
export class Program {
  readonly stdout: Capture
  /** As a person would be told it, with --json too. */
  readonly stderr: Capture
  /** What --json has brought on stderr. */
  readonly events: { cmd: string; tag: string; data: Record<string, unknown> }[] = []
  /** Resolves once the process has ended and all its output is here. */
  readonly ending: Promise<Ending>
  readonly #child: Subprocess
  readonly #command: string

  constructor(t: Test, [file = '', ...args]: string[], options: ProgramOptions = {}) {
    const { env = {}, cwd = os.cwd(), stalled = false } = options
    this.#child = spawn(file, args, { cwd, env: { ...inherited(), ...env } })
    const { stdin, stdout, stderr } = this.#child
    if (!stdin || !stdout || !stderr) throw new Error(`${file} has no pipes`)
    // what is written to a process that has ended is lost, as in a shell
    stdin.on('error', () => {})
    this.#command = [path.basename(file), ...args].join(' ')
    this.stdout = new Capture(stdout, () => this.story)
    const words = inWords((event) => this.events.push(event))
    this.stderr = new Capture(stderr, () => this.story, words).start()
    if (!stalled) this.stdout.start()
    this.ending = new Promise((resolve) => {
      this.#child.on('exit', () => {
        running.delete(this)
        const ending = this.#child.signalCode ?? this.#child.exitCode ?? 'unknown'
        void Promise.all([this.stdout.ended, this.stderr.ended]).then(() => resolve(ending))
      })
    })
    running.add(this)
    t.teardown(() => this.kill(), { force: true })
  }

  get pid(): number {
    return this.#child.pid
  }

  /** What it was started with and what it said, for whoever has to find out what went wrong. */
  get story(): string {
    return `$ ${this.#command}\n${excerpt(this.stdout.text)}${excerpt(this.stderr.text)}`
  }

  /** Writes to stdin; resolves once the pipe has taken it. */
  write(data: string | Uint8Array): Promise<void> {
    const stdin: Writable | null = this.#child.stdin
    return new Promise((resolve) => {
      stdin?.write(data, () => resolve())
    })
  }

  /** Ends stdin, after `data`. */
  end(data?: string | Uint8Array): void {
    if (data !== undefined) void this.write(data)
    this.#child.stdin?.end()
  }

  /** Closes the reading end of stdout, as `head` does when it has enough. */
  closeStdout(): void {
    this.#child.stdout?.destroy()
  }

  signal(name: Signal): void {
    os.kill(this.#child.pid, name)
  }

  /** Asks the process to end, and waits until it has. */
  stop(name: Signal = 'SIGTERM'): Promise<Ending> {
    this.signal(name)
    return this.ending
  }

  /** Ends the process at once, whatever it is doing. */
  async kill(): Promise<void> {
    try {
      if (running.has(this)) this.signal('SIGKILL')
    } catch (err) {
      // it has ended, and we are yet to hear of it
      if (codeOf(err) !== 'ESRCH') throw err
    }
    await this.ending
  }
}

const running = new Set<Program>()

// a test that throws ends its whole process, and nothing that it started may outlive it
Bare.on('unhandledRejection', abort)
Bare.on('uncaughtException', abort)

let aborting = false

function abort(err: unknown): void {
  if (aborting) return
  aborting = true
  let text = err instanceof Error ? (err.stack ?? err.message) : String(err)
  for (const program of running) {
    text += `\n\n${program.story}`
    program.signal('SIGKILL')
  }
  process.stderr.write(text + '\n', () => Bare.exit(1))
}

function inherited(): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of ['PATH', 'TMPDIR', 'SystemRoot', 'TEMP', 'TMP']) {
    const value = os.getEnv(name)
    if (value !== undefined) env[name] = value
  }
  return env
}

function excerpt(text: string): string {
  return text.length > 4000 ? `${text.slice(0, 2000)}\n[…]\n${text.slice(-2000)}` : text
}
