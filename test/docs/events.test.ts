import { test } from 'brittle'
import { OUTPUT_EVENTS, STATUS_EVENTS } from '../../shared/app/events.ts'
import { sourcesBelow, textOf } from './sources.ts'

const code = ['shared', 'writer-app', 'reader-app'].flatMap(sourcesBelow).map(textOf).join('\n')

test('what the code tells with --json is what the man pages list', (t) => {
  const told = tags(/\b(?:tell|say)\(\s*'(\w+)',/g)
  t.alike(told, Object.keys(STATUS_EVENTS).sort())
  const printed = tags(/\bjsonLine\(\s*(?:[\w.]+|'\w+'),\s*'(\w+)'/g)
  t.alike(printed, Object.keys(OUTPUT_EVENTS).sort())
})

function tags(pattern: RegExp): string[] {
  const found = [...code.matchAll(pattern)].flatMap(([, tag]) => tag ?? [])
  return [...new Set(found)].sort()
}
