import fs from 'bare-fs'
import path from 'bare-path'
import { test } from 'brittle'
import { definition as reader } from '../../reader-app/command.ts'
import { definition as writer } from '../../writer-app/command.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')

// these need no words
const OWN_WORDS = ['--help', '--version']

for (const definition of [writer, reader]) {
  test(`the README names every flag of ${definition.name} in the words of --help`, (t) => {
    const rows = rowsOf(fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8'))
    const flags = [...definition.help().matchAll(/^ {2}(--\S+)(?: <\w+>)? {2,}(.+)$/gm)]
    t.ok(flags.length > 5, 'there are flags')
    for (const [, names = '', words = ''] of flags) {
      const [long = ''] = names.split(/[|[]/)
      const named = rows.filter((cells) => new RegExp(`${long}(?![\\w-])`).test(cells))
      const said = named.some((cells) => cells.includes(words))
      t.ok(named.length > 0 && (said || OWN_WORDS.includes(long)), `${long}: ${words}`)
    }
  })
}

// the rows of all tables, without what only marks them up
function rowsOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.replace(/`/g, '').replace(/\s+/g, ' '))
}
