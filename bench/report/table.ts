import { type Result, ratioOf } from '../harness/figure.ts'
import { median } from '../harness/measure.ts'
import { formatNumber, formatRatio, formatTarget } from './numbers.ts'
import type { Report } from './report.ts'

const HEAD = ['figure', 'this pair', 'baseline', 'ratio', 'target']

/** The report for people, as a Markdown table that is aligned. */
export function toTable({ machine, rounds, quick, results, leftOut }: Report): string {
  const rows = [HEAD, HEAD.map(() => ''), ...results.flatMap(toRows)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row, index) => {
    const cells = widths.map((width, column) =>
      (row[column] ?? '').padEnd(width, index === 1 ? '-' : ' ')
    )
    return `| ${cells.join(' | ')} |`
  })
  const notes = [
    `Medians of ${rounds}; ${machine}.`,
    ...(quick ? ['Quick: a tenth of the sizes and few rounds, so no more than a hint.'] : []),
    ...leftOut.map((reason) => `Left out: ${reason}.`)
  ]
  return [...lines, '', ...notes, ''].join('\n')
}

// one row for each baseline: the first is the one that the target is about
function toRows(result: Result): string[][] {
  const { title, unit, pair } = result
  const reached = `${formatNumber(median(pair))} ${unit}`
  const [[name, samples] = [], ...others] = Object.entries(result.baselines)
  const ratio = ratioOf(result)
  return [
    [
      title,
      reached,
      name && samples ? `${name}: ${formatNumber(median(samples))}` : '',
      ratio === undefined ? '' : formatRatio(ratio),
      formatTarget(result)
    ],
    ...others.map(([other, samples]) => [
      '',
      '',
      `${other}: ${formatNumber(median(samples))}`,
      formatRatio(median(pair) / median(samples)),
      ''
    ])
  ]
}
