import fs from 'bare-fs'
import path from 'bare-path'
import { test } from 'brittle'

const ROOT = path.join(import.meta.dirname, '..', '..')

const SOURCES = ['shared', 'shared/feed', 'writer-app', 'reader-app']

test('every message in the troubleshooting of the README is one that an app prints', (t) => {
  const code = SOURCES.flatMap(sourcesOf).join('\n')
  const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8')
  const section = /^## Troubleshooting$([^]*?)^## /m.exec(readme)?.[1] ?? ''
  const messages = [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, message = '']) => message)
  t.ok(messages.length > 5, 'there are messages')
  for (const message of messages) {
    // an ellipsis and N stand for what changes
    const parts = message.split(/…|\bN\b/).map((part) => part.trim())
    t.alike(
      parts.filter((part) => !code.includes(part)),
      [],
      message
    )
  }
})

function sourcesOf(folder: string): string[] {
  return fs
    .readdirSync(path.join(ROOT, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => fs.readFileSync(path.join(ROOT, folder, name), 'utf8'))
}
