import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { codeOf } from '../errors.ts'
import { DATABASE } from './places.ts'

const FOLDER = 0o700
const FILE = 0o600
/** Of processes that watch, or of folders that are watched, there may be too many on a machine. */
const OUT_OF_WATCHES = new Set(['EMFILE', 'ENFILE', 'ENOSPC'])

/**
 * Lets nobody but its owner into the store in `folder`, as it is and as files are added to it,
 * whatever the umask: the secret key lies there. Windows gives a profile's folder to its owner alone.
 * Returns what ends the watch.
 */
export function keepPrivate(folder: string): () => void {
  if (os.platform() === 'win32') return () => {}
  const folders = [folder, path.join(folder, DATABASE)]
  const watchers = folders.flatMap((at) => watch(at, (name) => protect(path.join(at, name))) ?? [])
  // what came before the watch began
  for (const at of folders) {
    protect(at)
    for (const name of fs.readdirSync(at)) protect(path.join(at, name))
  }
  return () => {
    for (const watcher of watchers) watcher.close()
  }
}

/**
 * Tells of each file that is added to `folder`. Null where the system has no watch left to give: the folder, which
 * nobody else may enter, has to do.
 */
function watch(folder: string, onadd: (name: string) => void): fs.Watcher | null {
  try {
    // every append is a change, of a file that was looked at when it came
    return fs.watch(folder, { persistent: false }, (event, name) => {
      if (event === 'rename' && name !== null) onadd(String(name))
    })
  } catch (err) {
    if (!OUT_OF_WATCHES.has(codeOf(err))) throw err
    return null
  }
}

// the store deletes and renames its own files meanwhile
function protect(at: string): void {
  try {
    const stat = fs.statSync(at)
    const mode = stat.isDirectory() ? FOLDER : FILE
    if ((stat.mode & 0o777) !== mode) fs.chmodSync(at, mode)
  } catch (err) {
    if (codeOf(err) !== 'ENOENT') throw err
  }
}
