import fs from 'bare-fs'
import path from 'bare-path'
import { test } from 'brittle'
import { ROOT } from './sources.ts'

test('the map in ARCHITECTURE.md names every file and room of shared, and nothing else', (t) => {
  const text = fs.readFileSync(path.join(ROOT, 'ARCHITECTURE.md'), 'utf8')
  const map = /^```\n([^]*?)^```$/m.exec(text)?.[1] ?? ''
  const shared = /^shared\/.*\n([^]*?)^\w/m.exec(map)?.[1] ?? ''
  const named = [...shared.matchAll(/^ {2}([\w.-]+\/?) /gm)].map(([, name]) => name)
  const names: string[] = fs.readdirSync(path.join(ROOT, 'shared'))
  t.alike(named.sort(), names.map((name) => (name.endsWith('.ts') ? name : `${name}/`)).sort())
})

test('every dependency of the apps earns its place in a line of ARCHITECTURE.md', (t) => {
  const text = fs.readFileSync(path.join(ROOT, 'ARCHITECTURE.md'), 'utf8')
  const table = text.slice(text.indexOf('## Dependencies'))
  for (const app of ['writer-app', 'reader-app']) {
    const file = path.join(ROOT, app, 'package.json')
    const { dependencies } = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      dependencies: Record<string, string>
    }
    const missing = Object.keys(dependencies).filter(
      (name) => !new RegExp(`\\| [^|]*\\b${name}\\b`).test(table)
    )
    t.alike(missing, [], app)
  }
})
