import os from 'bare-os'
import process from 'bare-process'
import { ERROR, Failure } from '../errors.ts'
import { within } from '../limits/clock.ts'
import { addonFailure } from './addons.ts'
import { pear } from './environment.ts'
import { onUncaught } from './loading.ts'
import { type Status, createStatus, statusWritten } from './status.ts'

let onasked = (): void => {}

/** What reads stderr has this long to take the last words, in milliseconds; less where somebody waits. */
const STATUS_MS = 10_000
const SIGNAL_STATUS_MS = 1000

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

let close: (() => Promise<void>) | null = null
let closing: Promise<void> | null = null
let stopping = false

/**
 * Ends the app on SIGHUP, SIGINT and SIGTERM, each with the code of its own, whatever it is doing; a
 * second signal ends the process at once.
 */
export function handleSignals(): void {
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal as keyof typeof SIGNALS, () => {
      if (stopping) Bare.exit(code)
      else void stop(code, SIGNAL_STATUS_MS)
    })
  }
  // Windows has neither; SIGUSR1 opens Bare's debugger as well, listened to or not
  for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) {
    if (signal in os.constants.signals) process.on(signal, () => onasked())
  }
}

/** Calls `tell` whenever SIGUSR1 or SIGUSR2 asks how far the app is. */
export function onAsked(tell: () => void): void {
  onasked = tell
}

/**
 * Takes the app's one teardown, in the place of the one before: an ordered close that `stop`, a signal
 * and Pear run, once. Before it is set there is nothing to close that the end of the process would not
 * close as well.
 */
export function onStop(teardown: () => Promise<void>): void {
  // Pear 2 tears down on a signal as well, and sends itself that signal again once it is done
  if (close === null) pear?.teardown(closeOnce)
  close = teardown
}

/**
 * Closes what the app opened, in its order, and ends the process with `code`, once stderr has been taken, or after
 * `patience` milliseconds: it may be a pipe that is full, and read by nobody.
 */
export async function stop(code: number, patience = STATUS_MS): Promise<never> {
  // the first stop ends the process
  if (stopping) return new Promise(() => {})
  stopping = true
  try {
    await closeOnce()
  } catch (err) {
    const failed = report(err)
    code ||= failed
  }
  status.tell('end', `ended with exit code ${code}`, { code }, 'scripts')
  await within(statusWritten(), patience)
  return Bare.exit(code)
}

/** Whether a stop is under way: errors from then on are caused by it. */
export function isStopping(): boolean {
  return closing !== null
}

function closeOnce(): Promise<void> {
  // every caller waits for the one close, which is under way before any of it runs
  closing ??= Promise.resolve().then(() => close?.())
  return closing
}

let status: Status = createStatus('pear')
let explain: (err: unknown) => unknown = (err) => err

/**
 * Takes over every error that is thrown and not caught. `inWords` turns what a person can mend into a
 * Failure, and returns everything else as it is.
 */
export function handleErrors(inWords: (err: unknown) => unknown): void {
  explain = inWords
  onUncaught(fail)
}

/** Tells of errors, and of the end, in `to`. */
export function reportTo(to: Status): void {
  status = to
}

/** Reports `err` and stops: with the code of a Failure, or as the bug that it is. */
export function fail(err: unknown): void {
  if (isStopping() || isOfDebugger(err)) return
  void stop(report(err))
}

// At SIGUSR1 Bare listens for a debugger, at one port for all: it is no fault that another process has it.
function isOfDebugger(err: unknown): boolean {
  const { message, stack = '' } = err instanceof Error ? err : new Error()
  return message === 'address already in use' && stack.includes('bare:/bare.bundle/')
}

function report(err: unknown): number {
  const reason = addonFailure(explain(err))
  if (reason instanceof Failure) {
    status.error(reason.message, reason.code)
    return reason.code
  }
  const stack = reason instanceof Error ? reason.stack : undefined
  status.error('this is a bug, please report it', ERROR, stack ?? String(reason))
  return ERROR
}
