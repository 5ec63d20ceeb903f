import fs from 'bare-fs'
import path from 'bare-path'
import { test } from 'brittle'
import { definition as reader } from '../../reader-app/command.ts'
import { definition as writer } from '../../writer-app/command.ts'
import { ROOT } from '../helpers/app.ts'

for (const definition of [writer, reader]) {
  test(`the README names every flag of ${definition.name} in the words of --help`, (t) => {
    const rows = rowsOf(fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8'))
    const flags = [...definition.help().matchAll(/^ {2}(--\S+)(?: <\w+>)? {2,}(.+)$/gm)]
    t.ok(flags.length > 5, 'there are flags')
    for (const [, names = '', words = ''] of flags) {
      const [long = ''] = names.split('|')
      const row = rows.find((cells) => new RegExp(`${long}(?![\\w-])`).test(cells))
      const said = row?.includes(words) || ['--help', '--version'].includes(long)
      t.ok(said, `${long}: ${words}`)
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
