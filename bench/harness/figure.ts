import type { Builds } from './builds.ts'
import { median } from './measure.ts'

/** How much to measure. */
export interface Effort {
  /** Runs of everything that is measured. */
  rounds: number
  /** The apps to measure. */
  builds: Builds
  /** The size to measure at where `count` is the full one. */
  scale(count: number): number
  /** How long the log of a figure gets that is about just that, where one is asked for. */
  lines?: number | undefined
  /** Says what this machine can't give. */
  leaveOut(reason: string): void
}

/** A figure, or a family of figures that are measured together. */
export interface Figure {
  name: string
  about: string
  /** Throws LeftOut where this machine can't give it. */
  measure(effort: Effort): Promise<Result[]>
}

/** Thrown by a figure that this machine can't give; the message says what is missing. */
export class LeftOut extends Error {}

/** What this pair and its baselines reached, a sample for each round. */
export interface Result {
  name: string
  title: string
  unit: Unit
  pair: number[]
  /** What the commit before reached; empty where none was given. */
  before: number[]
  /** By name; the ratio is taken with the first. */
  baselines: Record<string, number[]>
  /** What is promised, of the ratio of medians or of the pair's own median. */
  target?: Target
  /** How it came to that. */
  curves?: Curve[]
}

/** What one contestant held, as it went on. */
export interface Curve {
  name: string
  points: [number, number][]
}

/** Of some units less is better: times and sizes. */
const UNITS = {
  'blocks/s': false,
  'lines/s': false,
  'MB/s': false,
  s: true,
  ms: true,
  µs: true,
  'round trips': true,
  MB: true,
  '×': true
}

type Unit = keyof typeof UNITS

export function lessIsBetter({ unit }: { unit: Unit }): boolean {
  return UNITS[unit]
}

export type Target = { of: 'ratio' | 'median' } & ({ atLeast: number } | { atMost: number })

/** The pair's median over that of the first baseline; undefined where there is none. */
export function ratioOf({ pair, baselines }: Result): number | undefined {
  const [baseline] = Object.values(baselines)
  return baseline && median(pair) / median(baseline)
}

/** The pair's median over that of the commit before; undefined where there is none. */
export function ratioToBefore({ pair, before }: Result): number | undefined {
  return before.length > 0 ? median(pair) / median(before) : undefined
}

/** Whether the pair is worse than the commit before, by more than `tolerance` of it. */
export function isWorse(result: Result, tolerance: number): boolean {
  const ratio = ratioToBefore(result)
  if (ratio === undefined) return false
  return lessIsBetter(result) ? ratio > 1 + tolerance : ratio < 1 - tolerance
}

/** Whether the target was met; undefined where there is none. */
export function isMet(result: Result): boolean | undefined {
  const { target, pair } = result
  if (target === undefined) return undefined
  const value = target.of === 'ratio' ? ratioOf(result) : median(pair)
  if (value === undefined) return false
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}
