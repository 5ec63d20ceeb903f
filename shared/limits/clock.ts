import process from 'bare-process'

/**
 * Milliseconds since a moment that is the same for the life of the process. They never go back and
 * never jump, as the clock on the wall does when it is set, so that how long something took can be
 * told from two of them.
 */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** Resolves after `ms` milliseconds. */
export function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
