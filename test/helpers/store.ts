import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import Hypercore from 'hypercore'
import { unlessMissing } from '../../shared/errors.ts'

/** The folder of the RocksDB in which a writer keeps its log below `storage`. */
export function writerDb(storage: string): string {
  return path.join(storage, 'writer-storage', 'db')
}

/** The folder of the RocksDB in which a reader keeps its copy of the log `key` below `storage`. */
export function readerDb(storage: string, key: string): string {
  const name = b4a.toString(Hypercore.discoveryKey(b4a.from(key, 'hex')), 'hex')
  return path.join(storage, 'reader-storage', name, 'db')
}

/** The stores of those readers below `storage` that found their copy in use. */
export function temporaryIn(storage: string): string[] {
  const parent = path.join(storage, 'reader-storage', 'temporary')
  const names: string[] = fs.readdirSync(parent)
  return names.filter((name) => !name.endsWith('.lock')).map((name) => path.join(parent, name))
}

/** The bytes of all files below `folder`, from which some may be removed meanwhile. */
export function bytesBelow(folder: string): number {
  const names: string[] = fs.existsSync(folder) ? fs.readdirSync(folder) : []
  return names.reduce((sum, name) => {
    const at = path.join(folder, name)
    const stat = statOf(at)
    return sum + (stat?.isDirectory() ? bytesBelow(at) : (stat?.size ?? 0))
  }, 0)
}

// null where the store has deleted the file meanwhile
function statOf(at: string): fs.Stats | null {
  return unlessMissing(() => fs.statSync(at), null)
}

/** The largest file in `db` with this kind of name. */
export function fileOf(db: string, kind: RegExp): string {
  const files = fs
    .readdirSync(db)
    .filter((name) => kind.test(name))
    .map((name) => path.join(db, name))
    .sort((a, b) => fs.statSync(b).size - fs.statSync(a).size)
  if (files[0] === undefined) throw new Error(`there is no ${kind} in ${db}`)
  return files[0]
}

/** Names of RocksDB's files. */
export const WAL = /^\d+\.log$/
export const SST = /\.sst$/
export const CURRENT = /^CURRENT$/
export const MANIFEST = /^MANIFEST/

/** Writes over a piece in the middle of `file`, or at another fraction of it. */
export function scribble(file: string, at = 1 / 2): void {
  const fd = fs.openSync(file, 'r+')
  fs.writeSync(fd, b4a.alloc(64, 'X'), 0, 64, Math.floor(fs.statSync(file).size * at))
  fs.closeSync(fd)
}
