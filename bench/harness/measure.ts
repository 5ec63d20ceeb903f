import type { Result } from './figure.ts'
import { showProgress } from './progress.ts'

/**
 * Lets every contestant run once in each round, in turn, and the other way round in every second one, so that
 * all meet the same machine, and none always comes first. One that is null has no samples.
 */
export async function alternate<Name extends string, Sample>(
  rounds: number,
  contestants: Record<Name, (() => Promise<Sample>) | null>
): Promise<Record<Name, Sample[]>> {
  const names = Object.keys(contestants) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as Sample[]]))
  for (let round = 1; round <= rounds; round++) {
    for (const name of round % 2 === 1 ? names : names.toReversed()) {
      const contestant = contestants[name]
      if (contestant === null) continue
      showProgress(`round ${round} of ${rounds}: ${name}`)
      samples[name]?.push(await contestant())
    }
  }
  return samples as Record<Name, Sample[]>
}

/** The part of a result that `samples` give, of each of which `of` takes one number. */
export function samplesOf<Sample>(
  samples: Record<string, Sample[]>,
  of: (sample: Sample) => number
): Pick<Result, 'pair' | 'before' | 'baselines'> {
  const names = Object.keys(samples)
  const {
    pair = [],
    before = [],
    ...baselines
  } = Object.fromEntries(names.map((name) => [name, (samples[name] ?? []).map(of)]))
  return { pair, before, baselines }
}

/** The same for one part of them all, with no baselines: they have no such part. */
export function ownSamplesOf<Sample>(
  { pair, before }: { pair: Sample[]; before: Sample[] },
  of: (sample: Sample) => number
): Pick<Result, 'pair' | 'before' | 'baselines'> {
  return samplesOf({ pair, before }, of)
}

/** The middle sample, or the mean of the middle two. */
export function median(samples: number[]): number {
  const sorted = ascending(samples)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}

/** The least sample that `percent` per cent of all do not exceed. */
export function percentile(samples: number[], percent: number): number {
  return ascending(samples)[Math.ceil((percent / 100) * samples.length) - 1] ?? NaN
}

function ascending(samples: number[]): number[] {
  return [...samples].sort((a, b) => a - b)
}
