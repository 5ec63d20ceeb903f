import { type Bail, bail, command, flag, footer, summary } from 'paparam'
import { Failure, USAGE } from '../shared/errors.ts'
import { figures } from './figures/index.ts'
import type { Figure } from './harness/figure.ts'

const definition = command(
  'bench',
  summary('Measures the pair against baselines in the same run: medians and ratios'),
  flag('--only <names>', 'some figures, comma-separated'),
  flag('--rounds <n>', 'runs of everything, of which the medians are taken (default 5)'),
  flag('--against <commit>', 'measures the apps of an earlier commit too, in turn with these'),
  flag('--lines <n>', 'how long the log of the figure growth gets (default 3000000)'),
  flag('--quick', 'a tenth of the sizes and few rounds: a hint in five minutes'),
  flag('--json', 'JSON on stdout in place of the table'),
  flag('--svg', 'draw the figures into docs/bench.svg and docs/retention.svg'),
  footer(
    `Figures:\n${figures.map(({ name, about }) => `  ${name.padEnd(14)}${about}`).join('\n')}`
  ),
  bail(refuse)
)

export interface Options {
  figures: Figure[]
  rounds: number | undefined
  lines: number | undefined
  against: string | null
  quick: boolean
  json: boolean
  svg: boolean
}

/** What `argv` asks for; null where it was answered with the help. Throws a Failure where it is wrong. */
export function parseBench(argv: string[]): Options | null {
  if (definition.parse(argv) === null) return null
  const { only, rounds, lines, against, quick, json, svg } = definition.flags
  return {
    figures: typeof only === 'string' ? only.split(',').map(find) : figures,
    rounds: typeof rounds === 'string' ? parseNumber('--rounds', rounds) : undefined,
    lines: typeof lines === 'string' ? parseNumber('--lines', lines) : undefined,
    against: typeof against === 'string' ? against : null,
    quick: quick === true,
    json: json === true,
    svg: svg === true
  }
}

function parseNumber(name: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new Failure(`${name} takes a number from 1 on, not '${text}'`, USAGE)
}

function find(name: string): Figure {
  const figure = figures.find((one) => one.name === name)
  if (figure) return figure
  throw new Failure(`there is no figure '${name}': see --help for those that there are`, USAGE)
}

function refuse({ reason, flag, arg }: Bail): void {
  throw new Failure(`${reason} ${flag?.name ?? arg?.value ?? ''}: see --help`, USAGE)
}
