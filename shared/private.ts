import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'

const FOLDER = 0o700
const FILE = 0o600

/**
 * Lets nobody but its owner into `folder` and what is in it, now and as the store adds files to it,
 * whatever the umask: the secret key lies there. Windows gives a profile's folder to its owner alone.
 * Returns what ends the watch.
 */
export function keepPrivate(folder: string): () => void {
  if (os.platform() === 'win32') return () => {}
  const watchers = foldersOf(folder).map((at) =>
    fs.watch(at, { persistent: false }, (_, name) => {
      if (name !== null) protect(path.join(at, String(name)), FILE)
    })
  )
  // what came between the start of a watch and here is protected now
  for (const at of foldersOf(folder)) {
    protect(at, FOLDER)
    for (const { name, file } of list(at)) if (file) protect(path.join(at, name), FILE)
  }
  return () => {
    for (const watcher of watchers) watcher.close()
  }
}

function foldersOf(folder: string): string[] {
  const inner = list(folder).filter(({ file }) => !file)
  return [folder, ...inner.flatMap(({ name }) => foldersOf(path.join(folder, name)))]
}

function list(folder: string): { name: string; file: boolean }[] {
  return fs
    .readdirSync(folder)
    .map((name) => ({ name, file: !fs.statSync(path.join(folder, name)).isDirectory() }))
}

// the store deletes and renames its own files meanwhile
function protect(at: string, mode: number): void {
  try {
    const stat = fs.statSync(at)
    if ((stat.mode & 0o777) !== mode && !(stat.isDirectory() && mode === FILE))
      fs.chmodSync(at, mode)
  } catch (err) {
    if (!(err instanceof Error && 'code' in err && err.code === 'ENOENT')) throw err
  }
}
