import path from 'bare-path'
import b4a from 'b4a'
import Hypercore from 'hypercore'
import { copyPlaces } from '../../shared/storage/places.ts'

/** The key and the blocks, as text, of the log that a writer left in `storage`. */
export function storedLog(storage: string): Promise<{ key: string; lines: string[] }> {
  return storedIn(path.join(storage, 'writer-storage'))
}

/** The blocks, as text, of the whole log `key` that a reader left in `storage`. */
export async function storedCopy(storage: string, key: string): Promise<string[]> {
  return (await storedIn(copyPlaces(storage, b4a.from(key, 'hex')).copy)).lines
}

async function storedIn(folder: string): Promise<{ key: string; lines: string[] }> {
  const core = await open(folder)
  const reads: Promise<Uint8Array | null>[] = []
  for (let seq = 0; seq < core.length; seq++) reads.push(core.get(seq, { wait: false }))
  const blocks = await Promise.all(reads)
  const lines = blocks.map((block, seq) => {
    if (block === null) throw new Error(`block ${seq} of ${folder} is missing`)
    return b4a.toString(block)
  })
  const key = b4a.toString(core.key, 'hex')
  await core.close()
  return { key, lines }
}

/** The length of the log that a writer left in `storage`. */
export async function storedLength(storage: string): Promise<number> {
  const core = await open(path.join(storage, 'writer-storage'))
  const { length } = core
  await core.close()
  return length
}

async function open(folder: string): Promise<Hypercore> {
  const core = new Hypercore(folder)
  await core.ready()
  return core
}
