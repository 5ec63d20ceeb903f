import os from 'bare-os'
import path from 'bare-path'
import { test } from 'brittle'
import { Program } from '../helpers/program.ts'

test('what a dependency prints is a status, and no data', async (t) => {
  const script = path.join(import.meta.dirname, 'printing.ts')
  const printing = new Program(t, [os.execPath(), script])
  t.is(await printing.ending, 0)
  t.is(printing.stdout.text, 'data\n')
  t.alike(printing.stderr.lines, [
    'pear: a log of 2 things',
    'pear: an error',
    'pear: it holds not'
  ])

  const quiet = new Program(t, [os.execPath(), script, '--quiet'])
  t.is(await quiet.ending, 0)
  t.is(quiet.stdout.text, 'data\n')
  t.is(quiet.stderr.text, '')
})
