import { type Result, lessIsBetter, ratioOf } from '../harness/figure.ts'
import { median } from '../harness/measure.ts'
import { formatNumber } from './numbers.ts'
import { STYLE, text } from './picture.ts'
import type { Report } from './report.ts'

const WIDTH = 880
const MARGIN = 20
/** Where the bars begin and how long the longest is: names stand before, values behind. */
const BARS_AT = 400
const BARS_WIDTH = 380
const BAR_HEIGHT = 14
const LINE_HEIGHT = 20
const PANEL_GAP = 16

/** The report as a picture: a panel of bars for each result that has a baseline, all linear. */
export function toSvg({ results, machine }: Report): string {
  const parts: string[] = []
  let y = MARGIN
  for (const result of results.filter(({ baselines }) => Object.keys(baselines).length > 0)) {
    parts.push(panel(result, y))
    y += (1 + Object.keys(result.baselines).length) * LINE_HEIGHT + PANEL_GAP
  }
  parts.push(text('note', MARGIN, y + LINE_HEIGHT / 2, machine))
  const height = y + LINE_HEIGHT + MARGIN
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Benchmark of this pair beside its baselines">
<style>${STYLE}
</style>
${parts.join('\n')}
</svg>
`
}

function panel(result: Result, top: number): string {
  const { title, unit, pair, baselines } = result
  const bars = Object.entries({ 'this pair': pair, ...baselines }).map(([name, samples]) => ({
    name,
    value: median(samples)
  }))
  const longest = Math.max(...bars.map(({ value }) => value))
  const less = lessIsBetter(result) ? ', less is better' : ''
  const ratio = ratioOf(result) ?? NaN
  return [
    text('title', MARGIN, top, title),
    text('note', MARGIN, top + LINE_HEIGHT, `${unit}${less}: ${formatNumber(ratio)} ×`),
    ...bars.map(({ name, value }, index) => {
      const at = top + index * LINE_HEIGHT
      const width = Math.max(1, (value / longest) * BARS_WIDTH)
      return [
        text('name', BARS_AT - 8, at, name),
        `<rect class="${index === 0 ? 'pair' : 'baseline'}" x="${BARS_AT}" y="${at - BAR_HEIGHT / 2}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
        text('value', BARS_AT + width + 8, at, formatNumber(value))
      ].join('\n')
    })
  ].join('\n')
}
