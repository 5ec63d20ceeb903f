import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { test } from 'brittle'
import { definition as reader } from '../../reader-app/command.ts'
import { manPage } from '../../scripts/man/page.ts'
import { Program } from '../helpers/program.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')

test('the man pages say what --help says', async (t) => {
  const check = new Program(t, [os.execPath(), path.join(ROOT, 'scripts', 'man.ts'), '--check'])
  t.is(await check.ending, 0, check.stderr.text)

  const page = String(fs.readFileSync(path.join(ROOT, 'man', 'reader-app.1')))
  for (const flag of Object.keys(reader.helpJSON().flags)) {
    const [long = ''] = flag.split(/[| ]/)
    t.ok(page.includes(`\\fB${long.replaceAll('-', '\\-')}`), long)
  }
})

test('a man page shows text that roff would take for its own', (t) => {
  const help = {
    name: 'app',
    summary: 'Says \\n',
    args: {},
    flags: { '--dot|-d <x>': '.begins with a dot', '--home <dir>': '~ by default' }
  }
  const page = manPage(help, { version: '1.0.0', files: [], examples: [], seeAlso: 'other' })
  t.ok(page.includes('Says \\en'))
  t.ok(page.includes('\\fB\\-\\-dot, \\-d <x>\\fR\n\\&.begins with a dot'))
  t.ok(page.includes('\\(ti by default'))
  t.absent(page.includes('.SH FILES'), 'an empty section is left out')
})
