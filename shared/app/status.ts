import { escapeControls } from './escape.ts'
import type { StatusData, StatusTag } from './events.ts'
import { jsonLine } from './format.ts'
import { StatusLine } from './status-line.ts'
import { Output } from './stdio.ts'

/** The only writer to stderr: sentences, or with --json an event a line. */
export interface Status {
  /** Tells what is no event of its own. */
  info(text: string): void
  /** Tells an event: in `text` to a person, with `data` to a script; to whom `only` says. */
  tell<T extends StatusTag>(tag: T, text: string, data: StatusData<T>, only?: Audience): void
  /**
   * Tells what went wrong, for which the app ends with `code`: the one thing that --quiet lets by. Of a
   * bug the `stack` tells where.
   */
  error(text: string, code: number, stack?: string): void
  /** Draws one line again and again on a terminal, below all others; null removes it. */
  draw(line: string | null): void
}

/** Who is told: scripts, which are told everything, and those who ask for everything with --verbose. */
export type Audience = 'scripts' | 'verbose'

/** How a status is told. */
export interface Telling {
  quiet?: boolean
  verbose?: boolean
  json?: boolean
}

let output: Output | null = null
let shown: StatusLine | null = null

/** Status lines of the app called `name`, one line each, safe to show on a terminal. */
export function createStatus(
  name: string,
  { quiet = false, verbose = false, json = false }: Telling = {}
): Status {
  const say = (tag: string, text: string, data: object): void => {
    const cmd = name.replace(/-app$/, '')
    if (json) writeStatus(jsonLine(cmd, tag, { ...data, message: text }))
    else writeStatus(`${name}: ${escapeControls(text)}\n`)
  }
  const tell: Status['tell'] = (tag, text, data, only) => {
    if (quiet || (!json && (only === 'scripts' || (only === 'verbose' && !verbose)))) return
    say(tag, text, data)
  }
  return {
    tell,
    info: (text) => tell('notice', text, {}),
    draw(line) {
      if (!quiet && !json) statusLine().draw(line && `${name}: ${line}`)
    },
    error(text, code, stack) {
      statusLine().flush()
      say('error', text, { code, ...(stack !== undefined && { stack }) })
      if (stack === undefined || json) return
      for (const line of stack.split('\n')) say('error', line, {})
    }
  }
}

/** Writes `text` to stderr as it is. */
export function writeStatus(text: string): void {
  statusLine().write(text)
}

/** Whether a person sees the status as it comes. */
export function statusOnTerminal(): boolean {
  return stderr().isTerminal
}

/** Resolves once stderr has taken what was written so far, or cannot take it. */
export async function statusWritten(): Promise<void> {
  shown?.draw(null)
  shown?.typingEnded()
  await output?.settled()
}

/** stderr, for what is typed to be told to. */
export function statusLine(): StatusLine {
  return (shown ??= new StatusLine(stderr()))
}

function stderr(): Output {
  // where nobody reads the status, the data still matters
  return (output ??= new Output(2, () => {}))
}
