// Draws docs/scale-lines.svg and docs/scale-shape.svg from simulated crowds of several sizes.
import fs from 'bare-fs'
import path from 'bare-path'
import { toCurves } from '../bench/report/curves.ts'
import { CROWD, middle, simulate } from './simulate/run.ts'

const SIZES = [64, 128, 256, 512, 1000, 2500, 5000, 10_000]

const outcomes = SIZES.map((readers) => simulate({ ...CROWD, readers }))
const most = outcomes.map(({ lines }) => lines.map(({ most }) => most))

draw('scale-lines.svg', 'Milliseconds from a line typed until it is on', {
  'half of the readers': outcomes.map(({ lines }) => middle(lines.map(({ half }) => half))),
  '99 %': most.map(middle),
  '99 %, slowest line': most.map((all) => Math.max(...all))
})
draw('scale-shape.svg', 'The overlay at the end', {
  'connections of a reader': outcomes.map(({ connections }) => connections),
  'steps to the farthest': outcomes.map(({ depth }) => depth)
})

function draw(file: string, title: string, series: Record<string, number[]>): void {
  const curves = Object.entries(series).map(([name, values]) => ({
    name,
    points: values.map((value, i): [number, number] => [SIZES[i] ?? 0, value])
  }))
  fs.writeFileSync(path.join('docs', file), toCurves(curves, title, 'readers'))
}
