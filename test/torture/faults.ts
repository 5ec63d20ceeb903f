import type { Random } from '../helpers/random.ts'

/**
 * `kill`: SIGKILL, and a new start. `stop`: a graceful stop, and a new start. `pause`: SIGSTOP, then
 * SIGCONT: to everybody else that is a peer behind a dead link. `stall`: nobody takes its stdout.
 */
export type FaultKind = 'kill' | 'stop' | 'pause' | 'stall'

export interface Fault {
  kind: FaultKind
  /** Milliseconds of peace before it. */
  after: number
  /** Milliseconds that it lasts. */
  lasts: number
}

/** Some as soon as the last one is over, most within seconds. */
const PEACE = [
  { likelihood: 0.3, from: 0, to: 400 },
  { likelihood: 1, from: 400, to: 5000 }
]
/** Most too short to be noticed, a few beyond the patience of everybody. */
const LASTS = [
  { likelihood: 0.4, from: 0, to: 400 },
  { likelihood: 0.8, from: 400, to: 3000 },
  { likelihood: 1, from: 3000, to: 14_000 }
]

/** What happens to one program within `ms` milliseconds. */
export function planFaults(
  random: Random,
  kinds: [FaultKind, ...FaultKind[]],
  ms: number
): Fault[] {
  const faults: Fault[] = []
  for (let at = 0; at < ms; ) {
    const fault = { kind: random.pick(kinds), after: some(PEACE), lasts: some(LASTS) }
    at += fault.after + fault.lasts
    if (at < ms) faults.push(fault)
  }
  return faults

  function some(ranges: typeof LASTS): number {
    const at = random.below(1000) / 1000
    const { from = 0, to = 1 } = ranges.find(({ likelihood }) => at < likelihood) ?? {}
    return random.within(from, to)
  }
}
