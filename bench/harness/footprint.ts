import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { unlessMissing } from '../../shared/errors.ts'

/** The bytes of Bare, an app's compiled folder and every package that the app needs, as installed. */
export function installedSize(app: string): number {
  const folders = new Set<string>()
  addPackages(path.resolve(app), folders)
  const packages = [...folders].map((folder) => sizeOf(folder, 'node_modules'))
  const dist = sizeOf(path.join(app, 'dist'))
  return packages.reduce((sum, size) => sum + size, dist + fs.statSync(os.execPath()).size)
}

// what the package in `folder` depends on, as npm has laid it out: in it, or in a folder above it
function addPackages(folder: string, found: Set<string>): void {
  const { dependencies = {} } = JSON.parse(
    String(fs.readFileSync(path.join(folder, 'package.json')))
  ) as { dependencies?: Record<string, string> }
  for (const name of Object.keys(dependencies)) {
    const at = locate(name, folder)
    if (at === null || found.has(at)) continue
    found.add(at)
    addPackages(at, found)
  }
}

function locate(name: string, folder: string): string | null {
  const at = path.join(folder, 'node_modules', name)
  if (fs.existsSync(at)) return at
  const above = path.dirname(folder)
  return above === folder ? null : locate(name, above)
}

/** The bytes of all files below `folder`, but for what is below a folder named `except`. */
export function sizeOf(folder: string, except?: string): number {
  let size = 0
  for (const name of fs.readdirSync(folder)) {
    const at = path.join(folder, String(name))
    const stat = statOf(at)
    if (stat === null) continue
    if (!stat.isDirectory()) size += stat.size
    else if (name !== except) size += sizeOf(at)
  }
  return size
}

// null where a store has deleted the file meanwhile
function statOf(at: string): fs.Stats | null {
  return unlessMissing(() => fs.statSync(at), null)
}
