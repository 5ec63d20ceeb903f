import path from 'bare-path'
import { test } from 'brittle'
import { ROOT, relative, sourcesBelow, textOf } from './sources.ts'

/** What an app may import of `shared`: the two doors, the errors, the log on disk, the process. */
const DOORS = /^shared\/(swarm\.ts|replication\.ts|errors\.ts|storage\/|app\/)/
/** Where the time of the day is meant: whether the machine was booted again, how old a block is, when a fork began. */
const WALL_CLOCK = /^shared\/storage\/(checkpoint|ages|writer-log)\.ts/

const sources = ['shared', 'writer-app', 'reader-app'].flatMap(sourcesBelow)
const imports = new Map(sources.map((file) => [relative(file), importsOf(file)]))

test('an app imports only the doors of shared, and no other app', (t) => {
  for (const app of ['writer-app', 'reader-app']) {
    const wrong = arrows((from) => from.startsWith(`${app}/`)).filter(
      ([, to]) => !DOORS.test(to) && !to.startsWith(`${app}/`)
    )
    t.alike(wrong.map(shown), [])
  }
})

test('a room imports only rooms that the diagram in ARCHITECTURE.md has below it', (t) => {
  const floors = floorsOf(textOf(path.join(ROOT, 'ARCHITECTURE.md')))
  // a room that the diagram lacks imports nothing, and is imported by none
  const floor = (file: string): number => floors.get(roomOf(file)) ?? NaN
  const wrong = arrows(() => true).filter(
    ([from, to]) => roomOf(from) !== roomOf(to) && !(floor(from) > floor(to))
  )
  t.alike(wrong.map(shown), [])
})

test('no file imports itself by way of others', (t) => {
  const circles = [...imports.keys()].flatMap((file) => circleFrom(file) ?? [])
  t.alike(circles, [])
})

test('no file of shared is longer than 220 lines', (t) => {
  const long = sourcesBelow('shared')
    .filter((file) => textOf(file).trimEnd().split('\n').length > 220)
    .map(relative)
  t.alike(long, [])
})

test('how long something takes is measured by a clock that nothing sets back', (t) => {
  const wrong = sources.filter((file) => textOf(file).includes('Date.now')).map(relative)
  t.alike(wrong.filter((file) => !WALL_CLOCK.test(file)).sort(), [])
})

/** The app or the part of shared that a file belongs to: a door, such as swarm.ts, to what lies behind it. */
function roomOf(file: string): string {
  const [top = '', below = ''] = file.split('/')
  return top === 'shared' ? `shared/${path.basename(below, '.ts')}` : top
}

/** The floor of each room in the diagram, which is the second block of `text`; a floor is a line. */
function floorsOf(text: string): Map<string, number> {
  const lines = (text.split('```')[3] ?? '').split('\n').filter((line) => /[a-z]/.test(line))
  return new Map(
    lines.flatMap((line, i) => {
      const names = line.match(/[\w-]+/g) ?? []
      return names.map((name): [string, number] => {
        return [name.endsWith('-app') ? name : `shared/${name}`, lines.length - i]
      })
    })
  )
}

function importsOf(file: string): string[] {
  const specifiers = textOf(file).matchAll(
    /(?:^(?:import|export)\b[^']*?from |\bawait import\()'(\.[^']+)'/gm
  )
  return [...specifiers].map(([, to = '']) => relative(path.resolve(path.dirname(file), to)))
}

function arrows(starts: (from: string) => boolean): [string, string][] {
  return [...imports]
    .filter(([from]) => starts(from))
    .flatMap(([from, all]) => all.map((to): [string, string] => [from, to]))
}

function shown([from, to]: [string, string]): string {
  return `${from} imports ${to}`
}

/** The way from `start` back to itself; null where there is none. */
function circleFrom(start: string): string | null {
  const seen = new Set<string>()
  const search = (file: string, way: string[]): string | null => {
    for (const next of imports.get(file) ?? []) {
      if (next === start) return [...way, next].join(' -> ')
      if (seen.has(next)) continue
      seen.add(next)
      const circle = search(next, [...way, next])
      if (circle !== null) return circle
    }
    return null
  }
  return search(start, [start])
}

test('the patterns above find what they look for', (t) => {
  const doors = arrows((from) => from === 'writer-app/index.ts').map(([, to]) => to)
  t.ok(doors.includes('shared/errors.ts') && doors.includes('shared/swarm.ts'))
  t.ok(sources.length > 40, `${path.relative(ROOT, sources[0] ?? '')} and others were read`)
})
