// Writes the shell completions of both apps from the definitions that --help is made of:
//   bare scripts/completions.ts            writes them
//   bare scripts/completions.ts --check    says which are out of date, and changes nothing
import fs from 'bare-fs'
import path from 'bare-path'
import process from 'bare-process'
import { definition as reader } from '../reader-app/command.ts'
import { definition as writer } from '../writer-app/command.ts'
import { completions } from './completions/shells.ts'

const folder = path.join(import.meta.dirname, '..', 'completions')
const files = { ...completions(writer.helpJSON()), ...completions(reader.helpJSON()) }

for (const [name, text] of Object.entries(files)) {
  const file = path.join(folder, name)
  if (!process.argv.includes('--check')) fs.writeFileSync(file, text)
  else if (!fs.existsSync(file) || String(fs.readFileSync(file)) !== text) {
    process.stderr.write(`completions/${name} is not what the flags of the app are: npm run man\n`)
    Bare.exitCode = 1
  }
}
