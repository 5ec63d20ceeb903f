import type { Curve } from '../harness/figure.ts'
import { STYLE, text } from './picture.ts'
import { formatNumber } from './numbers.ts'

const WIDTH = 880
const HEIGHT = 320
const LEFT = 70
const RIGHT = 160
const TOP = 50
const BOTTOM = 40

/** Curves as a picture, from 0 on in both directions. */
export function toCurves(curves: Curve[], title: string, across: string): string {
  const points = curves.flatMap((curve) => curve.points)
  const [longest, highest] = [0, 1].map((i) => Math.max(...points.map((point) => point[i] ?? 0)))
  const x = (value: number): number => LEFT + (value / (longest || 1)) * (WIDTH - LEFT - RIGHT)
  const y = (value: number): number =>
    HEIGHT - BOTTOM - (value / (highest || 1)) * (HEIGHT - TOP - BOTTOM)
  const parts = [text('title', LEFT, TOP / 2, title)]
  for (const share of [0, 0.5, 1]) {
    const [down, along] = [share * (highest || 0), share * (longest || 0)]
    parts.push(
      `<path class="grid" d="M${LEFT} ${y(down).toFixed(1)}H${WIDTH - RIGHT}"/>`,
      text('name', LEFT - 8, y(down), formatNumber(down)),
      text(
        'note middle',
        x(along),
        HEIGHT - BOTTOM / 2,
        `${formatNumber(along)}${share === 1 ? ` ${across}` : ''}`
      )
    )
  }
  for (const [index, curve] of curves.entries()) {
    const path = curve.points.map(([a, b]) => `${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join('L')
    const [, last = 0] = curve.points.at(-1) ?? []
    parts.push(
      `<path class="${index === 0 ? 'own' : 'other'} curve" d="M${path}"/>`,
      text('note', WIDTH - RIGHT + 8, y(last), curve.name)
    )
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${title}">
<style>${STYLE}
  .middle { text-anchor: middle }
  .grid { stroke: #afb8c1; stroke-opacity: 0.4; fill: none }
  .curve { fill: none; stroke-width: 2.5 }
  .own { stroke: #1a7f64 }
  .other { stroke: #afb8c1 }
  @media (prefers-color-scheme: dark) {
    .own { stroke: #3fb68b }
    .other { stroke: #57606a }
  }
</style>
${parts.join('\n')}
</svg>
`
}
