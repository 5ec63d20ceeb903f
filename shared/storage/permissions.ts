import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { codeOf } from '../errors.ts'

const FOLDER = 0o700
const FILE = 0o600

/**
 * Lets nobody but its owner into the store in `folder`, as it is and as files are added to it,
 * whatever the umask: the secret key lies there. Windows gives a profile's folder to its owner alone.
 * Returns what ends the watch.
 */
export function keepPrivate(folder: string): () => void {
  if (os.platform() === 'win32') return () => {}
  const folders = [folder, path.join(folder, 'db')]
  const watchers = folders.map((at) =>
    // every append is a change, of a file that was looked at when it came
    fs.watch(at, { persistent: false }, (event, name) => {
      if (event === 'rename' && name !== null) protect(path.join(at, String(name)))
    })
  )
  // what came before the watch began
  for (const at of folders) {
    protect(at)
    for (const name of fs.readdirSync(at)) protect(path.join(at, name))
  }
  return () => {
    for (const watcher of watchers) watcher.close()
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
