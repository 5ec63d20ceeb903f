// Packs the modules of each app into two scripts, `dist/app.cjs` and, for what the key does not need,
// `dist/later.cjs`: a start then looks for two files in place of four hundred. `npm run build` runs this
// once the modules are compiled, as ES modules into the app's `dist` and as CommonJS into that of `bundle`.
import fs from 'bare-fs'
import path from 'bare-path'
import reader from '../reader-app/package.json' with { type: 'json' }
import writer from '../writer-app/package.json' with { type: 'json' }
import { packApp } from './bundle/pack.ts'

const root = path.join(import.meta.dirname, '..')
const folder = path.join(import.meta.dirname, 'bundle')
const start = read(path.join(folder, 'start.cjs'))

for (const { name: app, dependencies } of [writer, reader]) {
  const dist = path.join(root, app, 'dist')
  replace(path.join(dist, 'start.cjs'), start.replaceAll('NAME', app))
  const entry = path.join(dist, app, 'index.js')
  const packed = await packApp(root, entry, (key) => {
    return read(path.join(folder, 'dist', path.relative(`/${app}/dist`, key)))
  })
  assertPinned(app, dependencies, packed.addons)
  replace(path.join(dist, 'app.cjs'), packed.app)
  replace(path.join(dist, 'later.cjs'), packed.later)
  replace(path.join(dist, 'addons.json'), `${JSON.stringify(packed.addons, null, 2)}\n`)
}

function read(file: string): string {
  return String(fs.readFileSync(file))
}

// an app that starts meanwhile finds one or the other, never a part
function replace(file: string, data: string): void {
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
  throw new Error(`${app}/package.json does not name ${names.join(', ')}, which its scripts load`)
}
