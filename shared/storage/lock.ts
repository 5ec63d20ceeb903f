import fs from 'bare-fs'
import fsx from 'fs-native-extensions'
import { unlessMissing } from '../errors.ts'
import { inUse } from './failures.ts'

/**
 * Makes `file`, and locks it: until the function that this returns removes it, or the process ends.
 * Returns null where another process has locked it.
 */
export function tryLock(file: string): (() => void) | null {
  const fd = lock(file, { shared: false })
  if (fd === null) return null
  return () => {
    // whoever has removed it meanwhile may have let another process lock one in its place
    if (isFile(fd, file)) fs.rmSync(file, { force: true })
    fs.closeSync(fd)
  }
}

/**
 * Makes `file`, and locks it together with others who share it: until the function that this returns is
 * called, or the process ends. Returns null where a process has locked it for itself.
 */
export function tryShare(file: string): (() => void) | null {
  const fd = lock(file, { shared: true })
  return fd === null ? null : () => fs.closeSync(fd)
}

function lock(file: string, options: { shared: boolean }): number | null {
  for (;;) {
    const fd = fs.openSync(file, 'a+', 0o600)
    if (!fsx.tryLock(fd, options)) {
      fs.closeSync(fd)
      return null
    }
    // its last owner may have removed the file between the two lines above
    if (isFile(fd, file)) return fd
    fs.closeSync(fd)
  }
}

/** Whether another process has locked `file` for itself. It may be missing, and is only read. */
export function isLocked(file: string): boolean {
  const fd = unlessMissing(() => fs.openSync(file, 'r'), null)
  if (fd === null) return false
  // whoever shares it with others writes nothing
  const locked = !fsx.tryLock(fd, { shared: true })
  fs.closeSync(fd)
  return locked
}

/** Locks `file` as `tryLock` does. Throws a Failure where another process has it, and works on `what`. */
export function takeLock(file: string, what: string): () => void {
  const unlock = tryLock(file)
  if (unlock === null) throw inUse(what)
  return unlock
}

function isFile(fd: number, file: string): boolean {
  return unlessMissing(() => fs.fstatSync(fd).ino === fs.statSync(file).ino, false)
}
