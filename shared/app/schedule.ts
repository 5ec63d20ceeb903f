import { now, within } from '../limits/clock.ts'

export { now, within }

/** Calls `then` after `ms` milliseconds. Returns what prevents it. */
export type Schedule = (ms: number, then: () => void) => () => void

/** The real one. */
export function later(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}

/** How many seconds have passed since `start`, of `now`, to a tenth. */
export function secondsSince(start: number): number {
  return Math.round((now() - start) / 100) / 10
}
