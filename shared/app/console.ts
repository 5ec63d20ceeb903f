import { messageOf } from '../errors.ts'
import { type Status, createStatus } from './status.ts'

let status: Status = createStatus('pear')

/**
 * Makes what dependencies print a status line: Hypercore reports a conflict with `console.log`, in
 * the middle of the data on stdout, and Bare prints past the streams whose errors are handled.
 */
export function redirectConsole(): void {
  const { console } = globalThis as { console?: object }
  Object.assign(console ?? {}, {
    debug: say,
    error: say,
    info: say,
    log: say,
    table: say,
    trace: say,
    warn: say,
    assert: (holds: unknown, ...values: unknown[]) => {
      if (!holds) say(...values)
    },
    clear: nothing,
    count: nothing,
    countReset: nothing,
    time: nothing,
    timeEnd: nothing,
    timeLog: nothing
  })
}

/** Names the app in what is printed, and silences it where `to` is quiet. */
export function printTo(to: Status): void {
  status = to
}

function say(...values: unknown[]): void {
  status.info(values.map(messageOf).join(' '))
}

function nothing(): void {}
