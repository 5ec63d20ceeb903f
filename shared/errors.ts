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

/** What `look` finds, or `otherwise` where the file or folder that it looks at is missing. */
export function unlessMissing<T>(look: () => T, otherwise: T): T {
  try {
    return look()
  } catch (err) {
    if (codeOf(err) === 'ENOENT') return otherwise
    throw err
  }
}

/** The message of anything thrown. */
export function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err)
}

/** What brought `err` about: RocksDB's own errors come wrapped where a whole batch has failed. */
export function causeOf(err: unknown): unknown {
  return err instanceof Error && err.cause !== undefined ? causeOf(err.cause) : err
}

/** What a disk that is full says, itself or through RocksDB. */
const FULL = /no space left|disk quota exceeded|ENOSPC|EDQUOT/i
/** Codes of what RocksDB calls corruption, and of a file that is gone. */
const DAMAGED = new Set(['EIO', 'ENOENT'])

/** What is wrong with this machine's disk where that brought `err` about; null where it did not. */
export function diskFault(err: unknown): 'full' | 'damaged' | null {
  const cause = causeOf(err)
  const code = codeOf(cause)
  if (FULL.test(messageOf(cause)) || FULL.test(code)) return 'full'
  return DAMAGED.has(code) ? 'damaged' : null
}
