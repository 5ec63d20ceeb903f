// Lays beside an app what its package holds and the project keeps in one place for both: `npm pack` runs
// this in the app's folder.
import fs from 'bare-fs'
import path from 'bare-path'

const root = path.join(import.meta.dirname, '..')
const app = path.resolve('.')
const name = path.basename(app)

const completions = [`${name}.bash`, `_${name}`, `${name}.fish`].map(
  (file) => `completions/${file}`
)
for (const file of ['README.md', 'LICENSE', `man/${name}.1`, ...completions]) {
  fs.mkdirSync(path.dirname(path.join(app, file)), { recursive: true })
  fs.copyFileSync(path.join(root, file), path.join(app, file))
}
