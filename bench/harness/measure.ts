import { showProgress } from './progress.ts'

/** Lets every contestant run once in each round, in turn, so that all meet the same machine. */
export async function alternate<Name extends string, Sample>(
  rounds: number,
  contestants: Record<Name, () => Promise<Sample>>
): Promise<Record<Name, Sample[]>> {
  const names = Object.keys(contestants) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as Sample[]]))
  for (let round = 1; round <= rounds; round++) {
    for (const name of names) {
      showProgress(`round ${round} of ${rounds}: ${name}`)
      samples[name]?.push(await contestants[name]())
    }
  }
  return samples as Record<Name, Sample[]>
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
