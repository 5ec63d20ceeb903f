// Packs the modules of each app into one file, `dist/app.bundle`: a start then looks for one file in
// place of four hundred. `npm run build` runs this once the modules are compiled.
import fs from 'bare-fs'
import path from 'bare-path'
import { packApp } from './bundle/pack.ts'

const root = path.join(import.meta.dirname, '..')
const start = String(fs.readFileSync(path.join(import.meta.dirname, 'bundle', 'start.cjs')))

for (const app of ['writer-app', 'reader-app']) {
  const dist = path.join(root, app, 'dist')
  replace(path.join(dist, 'start.cjs'), start.replaceAll('NAME', app))
  const { bundle, addons } = await packApp(root, path.join(dist, app, 'index.js'), './../start.cjs')
  replace(path.join(dist, 'app.bundle'), bundle.toBuffer())
  replace(path.join(dist, 'addons.json'), `${JSON.stringify(addons, null, 2)}\n`)
}

// an app that starts meanwhile finds one or the other, never a part
function replace(file: string, data: Uint8Array | string): void {
  fs.writeFileSync(`${file}.new`, data)
  fs.renameSync(`${file}.new`, file)
}
