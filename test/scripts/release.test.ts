import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import { HOSTS } from '../../scripts/make/hosts.ts'
import { ROOT } from '../helpers/launch.ts'
import { Program } from '../helpers/program.ts'
import writer from '../../writer-app/package.json' with { type: 'json' }

test('the notes of a release are what the changelog says of its version', async (t) => {
  const { version } = writer
  const { code, stdout } = await notesOf(t, `v${version}`)
  t.is(code, 0)
  const changelog = String(fs.readFileSync(path.join(ROOT, 'CHANGELOG.md')))
  t.ok(changelog.includes(stdout.trim()) && stdout.startsWith('- '))
  t.absent(stdout.includes('## '), 'and of no other')
})

test('a tag that does not fit the packages is refused in one line', async (t) => {
  t.is((await notesOf(t, 'v99.0.0')).code, 1)
  t.is((await notesOf(t, writer.version)).code, 2)
  t.is((await notesOf(t, 'vnext')).code, 2)
})

test('a release has an executable for every host that there is one for', (t) => {
  const workflow = String(fs.readFileSync(path.join(ROOT, '.github', 'workflows', 'release.yml')))
  t.alike([...workflow.matchAll(/host: ([\w-]+),/g)].map(([, host]) => host).sort(), HOSTS)
})

test('every version in the changelog has its day', (t) => {
  const changelog = String(fs.readFileSync(path.join(ROOT, 'CHANGELOG.md')))
  const [next, ...released] = [...changelog.matchAll(/^## (.*)$/gm)].map(([, title]) => title)
  t.is(next, 'Unreleased')
  for (const title of released) t.ok(/^\d+\.\d+\.\d+, \d{4}-\d\d-\d\d$/.test(title ?? ''), title)
})

async function notesOf(t: Test, tag: string): Promise<{ code: number | string; stdout: string }> {
  const script = path.join(ROOT, 'scripts', 'release-notes.ts')
  const program = new Program(t, [os.execPath(), script, tag])
  const code = await program.ending
  if (code !== 0) t.is(program.stderr.lines.length, 1, program.stderr.text)
  return { code, stdout: program.stdout.text }
}
