// Prints what CHANGELOG.md says of the version that a tag names: bare scripts/release-notes.ts v0.1.0
// Refuses a tag that is not the version of both apps, and a version that it says nothing of.
import fs from 'bare-fs'
import path from 'bare-path'
import process from 'bare-process'
import reader from '../reader-app/package.json' with { type: 'json' }
import { ERROR, Failure, USAGE } from '../shared/errors.ts'
import writer from '../writer-app/package.json' with { type: 'json' }

try {
  process.stdout.write(`${notesOf(Bare.argv[2] ?? '')}\n`)
} catch (err) {
  if (!(err instanceof Failure)) throw err
  process.stderr.write(`release-notes: ${err.message}\n`)
  Bare.exitCode = err.code
}

function notesOf(tag: string): string {
  const version = /^v(\d+\.\d+\.\d+.*)$/.exec(tag)?.[1]
  if (version === undefined) {
    throw new Failure(`'${tag}' is no tag of a release: v0.1.0, say`, USAGE)
  }
  for (const app of [writer, reader]) {
    if (app.version === version) continue
    throw new Failure(`${app.name} is version ${app.version}, not ${version}`, ERROR)
  }
  const changelog = String(fs.readFileSync(path.join(import.meta.dirname, '..', 'CHANGELOG.md')))
  // a heading names a version and its day
  const sections = changelog.split(/^## /m).slice(1)
  const section = sections.find((text) => text.split(/[\s,]/, 1)[0] === version)
  const notes = section?.slice(section.indexOf('\n')).trim() ?? ''
  if (notes === '') throw new Failure(`CHANGELOG.md says nothing of ${version}`, ERROR)
  return notes
}
