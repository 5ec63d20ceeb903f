import { type Outcome, type Scenario, World } from './world.ts'

/** A crowd that comes at once, and of which a tenth is another after each minute. */
export const CROWD: Scenario = {
  readers: 10_000,
  seed: 1,
  latencyMs: 50,
  loss: 0.01,
  joinMs: 5000,
  churn: 0.1,
  liars: 0,
  killed: 0,
  lines: 20
}

/** What is promised of a crowd: who has come to stay has a path, and every line. */
const MOST_LOST_MS = 10_000

export function simulate(scenario: Scenario): Outcome {
  return new World(scenario).run()
}

/** What to say of `outcome`, and what of it breaks a promise. */
export function verdictOn(outcome: Outcome): { text: string; faults: string[] } {
  const { lines, afterKill } = outcome
  const faults: string[] = []
  if (outcome.withoutPath > 0) faults.push(`${outcome.withoutPath} readers have no path`)
  if (outcome.missing > 0) faults.push(`${outcome.missing} readers lack a line`)
  if (outcome.longestLostMs > MOST_LOST_MS) {
    faults.push(`a reader was without a path for ${outcome.longestLostMs} ms`)
  }
  const rows = [
    `${outcome.readers} readers, seed ${outcome.seed}`,
    `depth             ${outcome.depth} (readers at each step: ${outcome.hops.join(', ')})`,
    `a line on half    ${middle(lines.map(({ half }) => half))} ms`,
    `a line on 99 %    ${middle(lines.map(({ most }) => most))} ms, at worst ${Math.max(...lines.map(({ most }) => most))} ms`,
    `a line on all     ${middle(lines.map(({ all }) => all))} ms, at worst ${Math.max(...lines.map(({ all }) => all))} ms`,
    ...(afterKill === null
      ? []
      : [
          `after the kill    ${afterKill.half} ms on half, ${afterKill.most} ms on 99 %, ${afterKill.all} ms on all`
        ]),
    `without a path    ${outcome.longestLostMs} ms at the longest`,
    `dials             ${outcome.dials}, in the last minute ${outcome.lateDials}`,
    `turned away       ${outcome.refusals}`,
    `messages          ${outcome.packets}`,
    `connections       ${outcome.connections.toFixed(1)} a reader`,
    `the writer serves ${outcome.fanOut}`,
    ...faults.map((fault) => `fault: ${fault}`)
  ]
  return { text: `${rows.join('\n')}\n`, faults }
}

/** The median. */
export function middle(all: number[]): number {
  return [...all].sort((a, b) => a - b)[all.length >> 1] ?? NaN
}
