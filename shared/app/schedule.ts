/** Calls `then` after `ms` milliseconds. Returns what prevents it. */
export type Schedule = (ms: number, then: () => void) => () => void

/** The real one. */
export function later(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}
