import fs from 'bare-fs'
import path from 'bare-path'

export const ROOT = path.join(import.meta.dirname, '..', '..')

/** The TypeScript files below `folder`, which is named from the root, but for declarations and dist. */
export function sourcesBelow(folder: string): string[] {
  return below(path.join(ROOT, folder))
}

function below(folder: string): string[] {
  const names: string[] = fs.readdirSync(folder)
  return names.flatMap((name) => {
    const file = path.join(folder, name)
    if (['dist', 'node_modules'].includes(name)) return []
    if (fs.statSync(file).isDirectory()) return below(file)
    return name.endsWith('.ts') && !name.endsWith('.d.ts') ? [file] : []
  })
}

/** The path of `file` from the root, with slashes on every platform. */
export function relative(file: string): string {
  return path.relative(ROOT, file).replaceAll('\\', '/')
}

export function textOf(file: string): string {
  return String(fs.readFileSync(file))
}
