import fs from 'bare-fs'
import fsx from 'fs-native-extensions'
import { codeOf } from '../errors.ts'
import { inUse } from './failures.ts'

/**
 * Makes `file`, and locks it: until the function that this returns removes it, or the process ends.
 * Throws a Failure where another process has locked it, because it works on `what`.
 */
export function takeLock(file: string, what: string): () => void {
  for (;;) {
    const fd = fs.openSync(file, 'a+', 0o600)
    if (!fsx.tryLock(fd)) {
      fs.closeSync(fd)
      throw inUse(what)
    }
    // its last owner may have removed the file between the two lines above
    if (isFile(fd, file)) {
      return () => {
        fs.unlinkSync(file)
        fs.closeSync(fd)
      }
    }
    fs.closeSync(fd)
  }
}

function isFile(fd: number, file: string): boolean {
  try {
    return fs.fstatSync(fd).ino === fs.statSync(file).ino
  } catch (err) {
    if (codeOf(err) === 'ENOENT') return false
    throw err
  }
}
