import fs from 'bare-fs'
import os from 'bare-os'
import type { Readable } from 'bare-stream'
import { type Subprocess, spawn } from 'bare-subprocess'
import type { Test } from 'brittle'
import type { Ending } from '../helpers/program.ts'

/** A line of an app's `--json` output. */
export interface Message {
  tag: string
  data: {
    key?: string
    read?: string
    length?: number
    seq?: number
    value?: string
    start?: number
    end?: number
  }
}

interface AppEvents {
  onmessage(message: Message): void
  /** A line on stdout that is no message. */
  ongarbage(line: string): void
  onstatus(line: string): void
}

const running = new Set<Subprocess>()

// a test that fails may end this process at once; what is paused would stay for ever
Bare.on('exit', () => {
  for (const child of running) os.kill(child.pid, 'SIGKILL')
})

/** An app with `--json` that is told of line by line: its output is not kept. */
export class App {
  /** Resolves once the process has ended and all its output has been told. */
  readonly ending: Promise<Ending>
  readonly #child: Subprocess
  #ended = false

  constructor(
    t: Test,
    [file = '', ...args]: string[],
    { onmessage, ongarbage, onstatus }: AppEvents
  ) {
    const child = spawn(file, args)
    const { stdin, stdout, stderr } = child
    if (!stdin || !stdout || !stderr) throw new Error(`${file} has no pipes`)
    this.#child = child
    running.add(child)
    // what is written to a process that was killed is lost
    stdin.on('error', () => {})
    const exited = new Promise<void>((resolve) => {
      child.on('exit', () => {
        running.delete(child)
        this.#ended = true
        resolve()
      })
    })
    const told = [
      tell(stdout, (line) => {
        const message = parse(line)
        if (message) onmessage(message)
        else ongarbage(line)
      }),
      tell(stderr, onstatus)
    ]
    this.ending = Promise.all([exited, ...told]).then(
      () => child.signalCode ?? child.exitCode ?? 'unknown'
    )
    t.teardown(() => this.signal('SIGKILL'), { force: true })
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Writes to stdin; resolves once the pipe has taken it, or will not any more. */
  async write(text: string): Promise<void> {
    const { stdin } = this.#child
    const taken = new Promise<void>((resolve) => {
      stdin?.write(text, () => resolve())
    })
    await Promise.race([taken, this.ending])
  }

  signal(name: string): void {
    if (!this.#ended) os.kill(this.#child.pid, name)
  }

  /** SIGSTOP; resolves once none of its threads goes on. Linux alone can tell. */
  async freeze(): Promise<void> {
    this.signal('SIGSTOP')
    while (!this.#ended && !threadStates(this.#child.pid).every((state) => state === 'T')) {
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }

  /** Leaves stdout alone until the function that it returns is called. */
  stall(): () => void {
    const { stdout } = this.#child
    stdout?.pause()
    return () => stdout?.resume()
  }
}

/**
 * Hands each line of `stream` to `online`; resolves at its end. What follows the last line feed was
 * cut off. An iterator would lose lines: when a process exits, its streams are made to flow.
 */
function tell(stream: Readable, online: (line: string) => void): Promise<void> {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk) => {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) online(line)
  })
  return new Promise((resolve) => stream.on('close', () => resolve()))
}

/** The message that `line` is; null where it is none. */
export function parse(line: string): Message | null {
  try {
    return JSON.parse(line) as Message
  } catch {
    return null
  }
}

// the state comes behind the name, which may hold anything: proc_pid_stat(5)
function threadStates(pid: number): string[] {
  const folder = `/proc/${pid}/task`
  return fs.readdirSync(folder).map((thread) => {
    const stat = String(fs.readFileSync(`${folder}/${thread}/stat`))
    return stat.charAt(stat.lastIndexOf(')') + 2)
  })
}
