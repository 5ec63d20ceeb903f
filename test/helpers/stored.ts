import path from 'bare-path'
import b4a from 'b4a'
import Hypercore from 'hypercore'

/** The key and the blocks, as text, of the log that a writer left in `storage`. */
export async function storedLog(storage: string): Promise<{ key: string; lines: string[] }> {
  const core = await open(storage)
  const reads: Promise<Uint8Array | null>[] = []
  for (let seq = 0; seq < core.length; seq++) reads.push(core.get(seq, { wait: false }))
  const blocks = await Promise.all(reads)
  const lines = blocks.map((block, seq) => {
    if (block === null) throw new Error(`block ${seq} of ${storage} is missing`)
    return b4a.toString(block)
  })
  const key = b4a.toString(core.key, 'hex')
  await core.close()
  return { key, lines }
}

/** The length of the log that a writer left in `storage`. */
export async function storedLength(storage: string): Promise<number> {
  const core = await open(storage)
  const { length } = core
  await core.close()
  return length
}

async function open(storage: string): Promise<Hypercore> {
  const core = new Hypercore(path.join(storage, 'writer-storage'))
  await core.ready()
  return core
}
