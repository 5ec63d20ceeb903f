import type { Random } from '../helpers/random.ts'

/** Every kind of fault, and what it does. */
export const FAULTS = {
  kill: 'SIGKILL, and a new start',
  stop: 'a graceful stop, and a new start',
  pause: 'SIGSTOP, then SIGCONT: to everything else a peer behind a dead link',
  stall: 'nothing takes the stdout of an app',
  leave: 'a reader is to leave by itself, after some blocks or at the end of the log',
  slow: 'the link of an app has a rate and a delay, and may lose packets',
  restore: 'the writer is put back from a backup',
  damage: 'the write-ahead log of the writer is damaged',
  rewind: 'the same, and the writer is started with --accept-loss',
  outage: 'the DHT is killed and comes back without its memory, or is paused'
} as const

export type FaultKind = keyof typeof FAULTS | 'backup'

/** What a fault may happen to, with its kinds there. */
const VICTIMS = {
  writer: ['kill', 'stop', 'pause', 'stall', 'backup', 'restore', 'damage', 'rewind'],
  reader: ['kill', 'stop', 'pause', 'stall', 'leave'],
  link: ['slow'],
  dht: ['outage']
} as const satisfies Record<string, readonly FaultKind[]>

export type Victim = keyof typeof VICTIMS

export interface Fault {
  kind: FaultKind
  /** Milliseconds of peace before it. */
  after: number
  /** Milliseconds that it lasts. */
  lasts: number
  /** Determines all else about it. */
  seed: number
}

interface Range {
  likelihood: number
  from: number
  to: number
}

/** Some as soon as the last one is over, most within seconds; now and then there is calm. */
const PEACE: Range[] = [
  { likelihood: 0.3, from: 0, to: 400 },
  { likelihood: 0.9, from: 400, to: 5000 },
  { likelihood: 1, from: 10_000, to: 30_000 }
]
/** Most too short to be noticed, a few beyond all patience. */
const LASTS: Range[] = [
  { likelihood: 0.4, from: 0, to: 400 },
  { likelihood: 0.8, from: 400, to: 3000 },
  { likelihood: 1, from: 3000, to: 14_000 }
]
/** What surrounds an app is fine most of the time. */
const LONG_PEACE: Range[] = [{ likelihood: 1, from: 5000, to: 40_000 }]
const LONG: Range[] = [{ likelihood: 1, from: 1000, to: 20_000 }]

/** What happens to one victim within `ms` milliseconds, of what is in `kinds`. */
export function planFaults(
  random: Random,
  victim: Victim,
  kinds: ReadonlySet<string>,
  ms: number
): Fault[] {
  // a backup does no harm, and serves nothing else
  const has = (kind: FaultKind): boolean => kinds.has(kind === 'backup' ? 'restore' : kind)
  const [first, ...others] = VICTIMS[victim].filter(has)
  if (first === undefined) return []
  const around = victim === 'link' || victim === 'dht'
  const faults: Fault[] = []
  for (let at = 0; at < ms; ) {
    const fault = {
      kind: random.pick([first, ...others]),
      after: some(around ? LONG_PEACE : PEACE),
      lasts: some(around ? LONG : LASTS),
      seed: random.below(2 ** 32)
    }
    at += fault.after + fault.lasts
    if (at < ms) faults.push(fault)
  }
  return faults

  function some(ranges: Range[]): number {
    const at = random.below(1000) / 1000
    const { from = 0, to = 1 } = ranges.find(({ likelihood }) => at < likelihood) ?? {}
    return random.within(from, to)
  }
}
