import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import sodium from 'sodium-universal'
import { listOf } from './checks.ts'
import { tryLock } from './lock.ts'
import { makeFolder } from './sync.ts'

const LOCK = '.lock'

/** A folder that is gone with the process that made it. */
export interface TemporaryFolder {
  readonly path: string
  remove(): void
}

/** Makes a folder in `parent`. A process that is killed leaves it, until another one looks for such. */
export function makeTemporary(parent: string): TemporaryFolder {
  makeFolder(parent)
  for (;;) {
    const name = b4a.alloc(8)
    sodium.randombytes_buf(name)
    const folder = path.join(parent, b4a.toString(name, 'hex'))
    const unlock = tryLock(folder + LOCK)
    // a process that looks for stale ones has come between
    if (unlock === null) continue
    fs.mkdirSync(folder, 0o700)
    return {
      path: folder,
      remove() {
        fs.rmSync(folder, { recursive: true, force: true })
        unlock()
      }
    }
  }
}

/** Removes from `parent` what processes that were killed have left there. */
export function removeStale(parent: string): void {
  const names = listOf(parent).map((name) =>
    name.endsWith(LOCK) ? name.slice(0, -LOCK.length) : name
  )
  for (const name of new Set(names)) {
    const folder = path.join(parent, name)
    const unlock = tryLock(folder + LOCK)
    if (unlock === null) continue
    fs.rmSync(folder, { recursive: true, force: true })
    unlock()
  }
}
