import fs from 'bare-fs'
import path from 'bare-path'

interface Stage {
  only: string[]
  ignore: string[]
}

/**
 * Copies to the new folder `to` what `pear stage` shares of the app in the folder `from`, by the
 * `pear.stage` of its package.json: what lies at or below a path of `only`, without what lies at or
 * below one of `ignore`, where `*` stands for a part of a name and `**` for any folders.
 */
export function copyStaged(from: string, to: string): void {
  const manifest = JSON.parse(String(fs.readFileSync(path.join(from, 'package.json'))))
  const { only, ignore } = (manifest as { pear: { stage: Stage } }).pear.stage
  const shared = only.map(pattern)
  const ignored = ignore.map(pattern)
  for (const file of filesBelow(from)) {
    if (!shared.some((at) => at.test(file)) || ignored.some((at) => at.test(file))) continue
    fs.mkdirSync(path.join(to, path.dirname(file)), { recursive: true })
    fs.copyFileSync(path.join(from, file), path.join(to, file))
  }
}

/** The path of every file below `folder`, from there, with slashes. */
export function filesBelow(folder: string, below = ''): string[] {
  return fs.readdirSync(path.join(folder, below)).flatMap((name) => {
    const file = below === '' ? String(name) : `${below}/${name}`
    const isFolder = fs.statSync(path.join(folder, file)).isDirectory()
    return isFolder ? filesBelow(folder, file) : [file]
  })
}

function pattern(text: string): RegExp {
  const parts = text.replace(/^\//, '').split(/(\*\*|\*)/)
  const source = parts.map((part) => {
    if (part === '**') return '.*'
    return part === '*' ? '[^/]+' : part.replaceAll('.', '\\.')
  })
  return new RegExp(`^${source.join('')}(?:/.*)?$`)
}
