import { type Result, isWorse } from '../harness/figure.ts'
import { median } from '../harness/measure.ts'
import { formatNumber, formatRatio, formatTarget } from './numbers.ts'
import type { Report } from './report.ts'

/** So much of a figure is chance. */
const TOLERANCE = 0.05

const HEAD = ['figure', 'this pair', 'baseline', 'ratio', 'target']

/** The report for people, as a Markdown table that is aligned. */
export function toTable({ machine, rounds, against, quick, results, leftOut }: Report): string {
  const rows = [HEAD, HEAD.map(() => ''), ...results.flatMap((one) => toRows(one, against))]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row, index) => {
    const cells = widths.map((width, column) =>
      (row[column] ?? '').padEnd(width, index === 1 ? '-' : ' ')
    )
    return `| ${cells.join(' | ')} |`
  })
  const notes = [
    `Medians of ${rounds}; ${machine}.`,
    ...(against === null ? [] : [worsened(results, against)]),
    ...(quick ? ['Quick: a tenth of the sizes and few rounds, so no more than a hint.'] : []),
    ...leftOut.map((reason) => `Left out: ${reason}.`)
  ]
  return [...lines, '', ...notes, ''].join('\n')
}

function worsened(results: Result[], against: string): string {
  const worse = results.filter((result) => isWorse(result, TOLERANCE)).map(({ title }) => title)
  return worse.length === 0
    ? `Nothing is more than ${TOLERANCE * 100} % worse than at ${against}.`
    : `More than ${TOLERANCE * 100} % worse than at ${against}: ${worse.join('; ')}.`
}

// one row for each baseline, the first of which the target is about, and one for the commit before
function toRows(result: Result, against: string | null): string[][] {
  const { title, unit, pair, before } = result
  const others = Object.entries(result.baselines)
  if (against !== null && before.length > 0) others.push([against, before])
  const [first = ['', ''], ...more] = others.map(([name, samples]) => [
    `${name}: ${formatNumber(median(samples))}`,
    formatRatio(median(pair) / median(samples))
  ])
  return [
    [title, `${formatNumber(median(pair))} ${unit}`, ...first, formatTarget(result)],
    ...more.map((cells) => ['', '', ...cells, ''])
  ]
}
