import b4a from 'b4a'
import path from 'bare-path'
import Hypercore from 'hypercore'
import { createCipher, writerEncryption } from '../../shared/storage/private-log.ts'
import { type Block, GONE } from './history.ts'
import type { Lines } from './lines.ts'

const AT_ONCE = 256

/** What is in the log that a writer has left in `storage`, block by block. */
export async function readLog(storage: string, lines: Lines): Promise<Block[]> {
  const core = new Hypercore(path.join(storage, 'writer-storage'))
  await core.ready()
  const encryption = writerEncryption(core)
  const cipher = encryption && createCipher(core.key, encryption)
  const log: Block[] = []
  while (log.length < core.length) {
    const count = Math.min(AT_ONCE, core.length - log.length)
    const reads = Array.from({ length: count }, (_, i) => core.get(log.length + i, { wait: false }))
    for (const stored of await Promise.all(reads)) {
      const [block] = stored && cipher ? cipher.decrypt(log.length, [stored]) : [stored]
      log.push(block ? lines.numberOf(b4a.toString(block)) : GONE)
    }
  }
  await core.close()
  return log
}
