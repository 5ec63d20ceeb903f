import { showProgress } from './progress.ts'

/** How much to measure: `rounds` runs of everything, on sizes that `scale` may lessen. */
export interface Effort {
  rounds: number
  scale(count: number): number
}

/** The samples of one contestant, one for each round. */
export interface Series {
  label: string
  samples: number[]
}

/** A measurement of this pair against one or more baselines. */
export interface Result {
  name: string
  title: string
  unit: string
  /** The first is this pair, the second the baseline that the ratio is taken with. */
  series: Series[]
  /** What was promised: of the ratio of medians, or of the median itself. */
  target?: { of: 'ratio' | 'median'; atLeast: number } | { of: 'ratio' | 'median'; atMost: number }
}

/** A figure, or a reason why it cannot be had on this machine. */
export interface Figure {
  name: string
  about: string
  measure(effort: Effort): Promise<Result[]>
}

/** Thrown by a figure that this machine cannot give; the message says what is missing. */
export class LeftOut extends Error {}

/** Lets every contestant run once a round, one after the other, so that all meet the same machine. */
export async function alternate<T>(
  rounds: number,
  contestants: Record<string, () => Promise<T>>
): Promise<{ label: string; samples: T[] }[]> {
  const series = Object.keys(contestants).map((label) => ({ label, samples: [] as T[] }))
  for (let round = 1; round <= rounds; round++) {
    for (const { label, samples } of series) {
      showProgress(`round ${round} of ${rounds}: ${label}`)
      const sample = await contestants[label]?.()
      if (sample !== undefined) samples.push(sample)
    }
  }
  return series
}

export function median(samples: number[]): number {
  return percentile(samples, 50)
}

/** The smallest sample that at least `percent` of all do not exceed. */
export function percentile(samples: number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length / 2
  if (percent === 50 && Number.isInteger(middle)) {
    return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
  }
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? NaN
}

/** This pair's median over the baseline's; undefined where there is no baseline. */
export function ratioOf({ series: [subject, baseline] }: Result): number | undefined {
  return subject && baseline && median(subject.samples) / median(baseline.samples)
}

/** Whether the target was met; undefined where there is none. */
export function isMet(result: Result): boolean | undefined {
  const { target, series } = result
  if (target === undefined) return undefined
  const value = target.of === 'ratio' ? (ratioOf(result) ?? NaN) : median(series[0]?.samples ?? [])
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}
