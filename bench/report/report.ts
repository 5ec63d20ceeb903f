import os from 'bare-os'
import { type Result, isMet, ratioOf, ratioToBefore } from '../harness/figure.ts'
import { median } from '../harness/measure.ts'

/** Everything that a run of the bench has found out. */
export interface Report {
  machine: string
  /** Runs of everything, of which the medians are taken. */
  rounds: number
  /** The commit that is measured against, as it was named; null where there is none. */
  against: string | null
  /** Whether sizes were cut down, so that the figures are no more than a hint. */
  quick: boolean
  results: Result[]
  leftOut: string[]
}

/** What was measured on: the processor, the system, and how busy it was before. */
export function describeMachine(): string {
  const processors = os.cpus()
  const load = os.loadavg()[0] ?? 0
  const model = processors[0]?.model.trim() ?? 'unknown processor'
  return [
    `${processors.length} × ${model}`,
    `${os.platform()}-${os.arch()} ${os.release()}`,
    `Bare ${Bare.versions['bare'] ?? ''}`,
    `load ${load.toFixed(2)} at the start`
  ].join(', ')
}

/** The report for programs: every sample, and what follows from them. */
export function toJson(report: Report): string {
  const results = report.results.map((result) => ({
    ...result,
    median: median(result.pair),
    ratio: ratioOf(result),
    ratioToBefore: ratioToBefore(result),
    met: isMet(result)
  }))
  return JSON.stringify({ ...report, results }, null, 2) + '\n'
}
