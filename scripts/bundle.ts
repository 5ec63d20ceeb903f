// Packs the modules of each app into one file, `dist/app.bundle`: a start then looks for one file in
// place of four hundred. `npm run build` runs this once the modules are compiled.
import fs from 'bare-fs'
import path from 'bare-path'
import reader from '../reader-app/package.json' with { type: 'json' }
import writer from '../writer-app/package.json' with { type: 'json' }
import { packApp } from './bundle/pack.ts'

const root = path.join(import.meta.dirname, '..')
const start = String(fs.readFileSync(path.join(import.meta.dirname, 'bundle', 'start.cjs')))

for (const { name: app, dependencies } of [writer, reader]) {
  const dist = path.join(root, app, 'dist')
  replace(path.join(dist, 'start.cjs'), start.replaceAll('NAME', app))
  const { bundle, addons } = await packApp(root, path.join(dist, app, 'index.js'), './../start.cjs')
  assertPinned(app, dependencies, addons)
  replace(path.join(dist, 'app.bundle'), bundle.toBuffer())
  replace(path.join(dist, 'addons.json'), `${JSON.stringify(addons, null, 2)}\n`)
}

// an app that starts meanwhile finds one or the other, never a part
function replace(file: string, data: Uint8Array | string): void {
  fs.writeFileSync(`${file}.new`, data)
  fs.renameSync(`${file}.new`, file)
}

// npm installs what an app names itself in just that version, whatever else the app is installed with
function assertPinned(app: string, pinned: object, addons: Record<string, string>): void {
  const wrong = Object.entries(addons).filter(([name, version]) => {
    return (pinned as Record<string, string>)[name] !== version
  })
  if (wrong.length === 0) return
  const names = wrong.map(([name, version]) => `${name} ${version}`)
  throw new Error(`${app}/package.json does not name ${names.join(', ')}, which its bundle loads`)
}
