import b4a from 'b4a'
import path from 'bare-path'
import Hypercore from 'hypercore'

/** What the apps keep below a storage folder. */
export const WRITER_STORAGE = 'writer-storage'
export const WRITER_RECORD = 'writer-storage.record'
export const READER_STORAGE = 'reader-storage'
/**
 * The file in the folder of a store by which hypercore-storage tells it from a copy. A process that has the
 * store open has locked it.
 */
export const DEVICE_FILE = 'CORESTORE'
/** The folder in that of a store in which hypercore-storage keeps the blocks. */
export const DATABASE = 'db'

/** Where the log that a writer writes lies below `storage`, and what it vouches for. */
export function writerPlaces(storage: string): { folder: string; record: string } {
  return { folder: path.join(storage, WRITER_STORAGE), record: path.join(storage, WRITER_RECORD) }
}

/**
 * Where the copies that readers make lie below `storage`; where that of the log with `key` does, the
 * positions of its readers, and what each of its readers locks, whether it has the copy open or not.
 */
export function copyPlaces(
  storage: string,
  key: Uint8Array
): { all: string; copy: string; positions: string; readers: string } {
  const all = path.join(storage, READER_STORAGE)
  const copy = path.join(all, b4a.toString(Hypercore.discoveryKey(key), 'hex'))
  return { all, copy, positions: `${copy}.positions`, readers: `${copy}.lock` }
}
