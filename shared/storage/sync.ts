import fs from 'bare-fs'
import path from 'bare-path'
import { codeOf, diskFault, unlessMissing } from '../errors.ts'

/** Makes `folder`, and what is missing above it, for its owner alone. */
export function makeFolder(folder: string): void {
  const above = path.dirname(folder)
  try {
    fs.mkdirSync(folder, 0o700)
  } catch (err) {
    if (isFolder(folder)) return
    if (codeOf(err) !== 'ENOENT' || above === folder) throw err
    makeFolder(above)
    makeUnlessThere(folder)
  }
  syncFolder(above)
}

// another process may make it first
function makeUnlessThere(folder: string): void {
  try {
    fs.mkdirSync(folder, 0o700)
  } catch (err) {
    if (!isFolder(folder)) throw err
  }
}

/** Brings everything below `folder`, and itself, to the disk itself. */
export function syncTree(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const at = path.join(folder, name)
    if (isFolder(at)) syncTree(at)
    else syncFile(at)
  }
  syncFolder(folder)
}

/**
 * Brings the names in `folder` to the disk itself; where a folder cannot be opened or synced, as on
 * Windows, the system does so in its own time.
 */
export function syncFolder(folder: string): void {
  try {
    sync(folder, 'r')
  } catch (err) {
    if (diskFault(err) !== null) throw err
  }
}

function syncFile(file: string): void {
  sync(file, 'r+')
}

function sync(at: string, flags: 'r' | 'r+'): void {
  const fd = fs.openSync(at, flags)
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

function isFolder(at: string): boolean {
  return unlessMissing(() => fs.statSync(at).isDirectory(), false)
}
