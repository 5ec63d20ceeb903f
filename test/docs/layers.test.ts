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

test('nothing in shared imports an app, or what only apps use', (t) => {
  const wrong = arrows((from) => /^shared\/(?!app\/)/.test(from)).filter(([, to]) =>
    /^(shared\/app\/|writer-app\/|reader-app\/)/.test(to)
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
