// Writes the man pages of both apps from the definitions that --help is made of:
//   bare scripts/man.ts            writes them
//   bare scripts/man.ts --check    says which are out of date, and changes nothing
import fs from 'bare-fs'
import path from 'bare-path'
import process from 'bare-process'
import { definition as reader } from '../reader-app/command.ts'
import readerPackage from '../reader-app/package.json' with { type: 'json' }
import { definition as writer } from '../writer-app/command.ts'
import writerPackage from '../writer-app/package.json' with { type: 'json' }
import { manPage } from './man/page.ts'

const folder = path.join(import.meta.dirname, '..', 'man')

const pages = {
  [`${writer.name}.1`]: manPage(writer.helpJSON(), {
    version: writerPackage.version,
    files: places(writer.name, 'the log and its secret key'),
    examples: [
      ['writer-app', 'Broadcasts what is typed, line by line.'],
      ['tail -F app.log | writer-app', 'Broadcasts a file as it grows.'],
      ['writer-app --exit-on-eof < file', 'Hands a file to one reader, and ends.']
    ],
    seeAlso: reader.name
  }),
  [`${reader.name}.1`]: manPage(reader.helpJSON(), {
    version: readerPackage.version,
    files: places(reader.name, 'a copy of every log that was read'),
    examples: [
      ['reader-app KEY', 'Prints every new line.'],
      ['reader-app --start 0 --no-follow --raw KEY > file', 'Fetches all that there is.'],
      ['reader-app --resume --no-follow KEY', 'Prints what came since the last time.'],
      ['reader-app --seed KEY', 'Keeps the log available while the writer is away.']
    ],
    seeAlso: writer.name
  })
}

const faults: string[] = []
for (const [name, page] of Object.entries(pages)) {
  const file = path.join(folder, name)
  if (!process.argv.includes('--check')) fs.writeFileSync(file, page)
  else if (!fs.existsSync(file) || String(fs.readFileSync(file)) !== page) {
    faults.push(`man/${name} is not what the flags of the app are: npm run man\n`)
  }
}
for (const fault of faults) process.stderr.write(fault)
if (faults.length > 0) Bare.exitCode = 1

function places(name: string, what: string): [string, string][] {
  const folders: [string, string][] = [
    ['$XDG_DATA_HOME or ~/.local/share', 'Linux'],
    ['~/Library/Application Support', 'macOS'],
    ['%LOCALAPPDATA%', 'Windows']
  ]
  return folders.map(([parent, platform]) => [
    `${parent}/${name}`,
    `${what} (${platform}, unless --storage or Pear names another folder)`
  ])
}
