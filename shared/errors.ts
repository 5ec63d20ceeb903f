/** Exit codes of both apps; a signal ends with 128 + its number. */
export const DONE = 0
export const ERROR = 1
export const USAGE = 2
export const TIMED_OUT = 3

/** An error that a person can mend: `message` says what happened and what to do next. */
export class Failure extends Error {
  readonly code: number

  constructor(message: string, code: number = ERROR) {
    super(message)
    this.name = 'Failure'
    this.code = code
  }
}

/** The system or library error code of `err`, such as `ENOSPC`; empty where it has none. */
export function codeOf(err: unknown): string {
  return err instanceof Error && 'code' in err ? String(err.code) : ''
}

/** The message of anything thrown. */
export function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err)
}

/** What brought `err` about: RocksDB's own errors come wrapped where a whole batch has failed. */
export function causeOf(err: unknown): unknown {
  return err instanceof Error && err.cause !== undefined ? causeOf(err.cause) : err
}
