import fs from 'bare-fs'
import path from 'bare-path'
import { test } from 'brittle'
import { ROOT, sourcesBelow, textOf } from './sources.ts'

const SOURCES = ['shared', 'writer-app', 'reader-app']

test('every message in the troubleshooting of the README is one that an app prints', (t) => {
  const code = SOURCES.flatMap(sourcesBelow).map(textOf).join('\n')
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
